/** The value of `work`; rejects with the error when it takes longer. What it does then is its own matter. */
export async function withTimeLimit<T>(work: Promise<T>, limitMs: number, error: () => Error): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(error()), limitMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
