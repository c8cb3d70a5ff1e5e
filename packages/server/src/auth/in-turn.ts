/** Runs work of equal keys one after the other, in the order of the calls; other keys do not wait. */
export type InTurn = <T>(key: string, work: () => Promise<T>) => Promise<T>;

export function createInTurn(): InTurn {
  const tails = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const own = (tails.get(key) ?? Promise.resolve()).then(work);
    const tail = own.catch(() => undefined);
    tails.set(key, tail);
    try {
      return await own;
    } finally {
      if (tails.get(key) === tail) tails.delete(key);
    }
  };
}
