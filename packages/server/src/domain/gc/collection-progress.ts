/** How often everything that ended is looked at anew, for ends that were written out of order or windows that became shorter. */
const restartMs = 3600_000;

/** Ends may be written this much after they came. */
const lateMs = 10 * 60_000;

/**
 * How far a process has looked at ended tags. Most of them must stay for weeks, so each round looks only at what has come due since the
 * round before, and once an hour at everything.
 */
export interface CollectionProgress {
  /** From which end on a walk of that name has to look. */
  startOf(walk: string, nowMs: number): number;
  /** The walk has looked at all ends up to that one. */
  reached(walk: string, endMs: number): void;
}

/** Nothing has been looked at yet. */
export function createCollectionProgress(): CollectionProgress {
  const reachedMs = new Map<string, number>();
  let restartAtMs = 0;
  return {
    startOf(walk, nowMs) {
      if (nowMs >= restartAtMs) {
        reachedMs.clear();
        restartAtMs = nowMs + restartMs;
      }
      return Math.max((reachedMs.get(walk) ?? 0) - lateMs, 0);
    },
    reached(walk, endMs) {
      reachedMs.set(walk, endMs);
    },
  };
}
