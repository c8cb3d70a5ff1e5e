/** A block of the configuration as it was given, its sub-keys in upper case as they are read elsewhere; undefined without one. */
export function findBlock(
  given: Readonly<Record<string, unknown>>,
  name: string,
): Readonly<Record<string, unknown>> | undefined {
  const block = given[name];
  if (typeof block !== 'object' || block === null || Array.isArray(block)) return undefined;
  return Object.fromEntries(Object.entries(block).map(([field, value]) => [field.toUpperCase(), value]));
}

/** A text that is not empty. */
export function findText(
  block: Readonly<Record<string, unknown>> | undefined,
  name: string,
): string | undefined {
  const value = block?.[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
