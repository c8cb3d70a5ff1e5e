/** First come, first served: one writer at a time. */
export interface WriteQueue {
  /** Waits for the turn; `giveUp` makes the error when the turn does not come within `limitMs`. */
  enter(limitMs: number, giveUp: () => Error): Promise<void>;
  leave(): void;
}

export function createWriteQueue(): WriteQueue {
  const waiters = new Set<() => void>();
  let taken = false;
  return {
    async enter(limitMs, giveUp) {
      if (!taken) {
        taken = true;
        return;
      }
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          // Already chosen, and about to be admitted: giving up now would lose the turn for everybody.
          if (!waiters.delete(admit)) return;
          reject(giveUp());
        }, limitMs);
        const admit = (): void => {
          clearTimeout(timer);
          resolve();
        };
        waiters.add(admit);
      });
    },
    leave() {
      const [next] = waiters;
      if (next === undefined) {
        taken = false;
        return;
      }
      waiters.delete(next);
      // Everything in SQLite is synchronous: without this a long queue would keep the process from anything else.
      setImmediate(next);
    },
  };
}
