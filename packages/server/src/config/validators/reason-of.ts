/** The text of an error in one line; some libraries put the reason into a cause or leave only a code. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (!(error instanceof Error)) return 'It failed for an unknown reason.';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return (error.message === '' ? code : error.message).split('\n', 1)[0] ?? code;
}
