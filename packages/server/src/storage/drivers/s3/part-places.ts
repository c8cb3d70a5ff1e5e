/** What a writer holds while a part is gathered and sent. */
export interface PartPlace {
  /** The part is complete: from now on it waits for the store only, and is not asked for any more. */
  settle(): void;
  /** Gives the place back; the first call counts. */
  release(): void;
}

/**
 * The memory for parts that all writers of a process share. Nobody who waits here holds a part that is still gathered: a writer takes the
 * room of a whole part before it gathers one, and what it holds besides is on its way to the store. So those who wait cannot wait for
 * each other, however many they are.
 */
export interface PartPlaces {
  /**
   * Room for a part, in the order of asking; a part larger than all the room gets it alone. `onReclaim` is called at most once, when others
   * wait and the part was gathered for too long: its client is slow, and the holder should send what is there and release.
   */
  take(bytes: number, onReclaim?: () => void): Promise<PartPlace>;
}

interface Gathering {
  readonly sinceMs: number;
  readonly onReclaim: () => void;
}

/** Places for parts of `capacityBytes` together; gathering may take `reclaimAfterMs` while others wait. */
export function createPartPlaces(capacityBytes: number, reclaimAfterMs: number): PartPlaces {
  const waiting: { readonly bytes: number; admit(): void }[] = [];
  /** Oldest first; without those that were asked to release. */
  const gathering = new Set<Gathering>();
  /** Those that were, and are sending what they have. */
  const asked = new Set<Gathering>();
  let usedBytes = 0;
  let timer: NodeJS.Timeout | undefined;

  function admitWaiting(): void {
    for (;;) {
      const [next] = waiting;
      if (next === undefined || (usedBytes > 0 && usedBytes + next.bytes > capacityBytes)) break;
      waiting.shift();
      next.admit();
    }
    watch();
  }

  /** Looks again when the oldest part becomes too old, as long as more wait than places are about to be released. */
  function watch(): void {
    clearTimeout(timer);
    const [oldest] = gathering;
    if (waiting.length <= asked.size || oldest === undefined) return;
    const dueInMs = oldest.sinceMs + reclaimAfterMs - performance.now();
    timer = setTimeout(reclaim, Math.max(0, Math.ceil(dueInMs)));
    timer.unref();
  }

  function reclaim(): void {
    const dueMs = performance.now() - reclaimAfterMs;
    const due = [...gathering].filter(({ sinceMs }) => sinceMs <= dueMs);
    for (const part of due.slice(0, waiting.length - asked.size)) {
      gathering.delete(part);
      asked.add(part);
      part.onReclaim();
    }
    watch();
  }

  function occupy(bytes: number, onReclaim: (() => void) | undefined): PartPlace {
    const part = onReclaim === undefined ? undefined : { sinceMs: performance.now(), onReclaim };
    let isHeld = true;
    usedBytes += bytes;
    if (part !== undefined) gathering.add(part);
    const settle = (): void => {
      if (part !== undefined) gathering.delete(part);
    };
    return {
      settle,
      release() {
        if (!isHeld) return;
        isHeld = false;
        settle();
        if (part !== undefined) asked.delete(part);
        usedBytes -= bytes;
        admitWaiting();
      },
    };
  }

  return {
    take(bytes, onReclaim) {
      return new Promise((resolve) => {
        waiting.push({ bytes, admit: () => resolve(occupy(bytes, onReclaim)) });
        admitWaiting();
      });
    },
  };
}

/** Eight parts of the usual size: enough to keep a store busy, whatever the number of uploads. */
const processPartBytes = 64 * 1024 * 1024;
/** A client that fills a part of the usual size within this time, at 0.8 MB/s, is never interrupted. */
const usualReclaimAfterMs = 10_000;

/** Of this process, for all object stores together. */
export const processPartPlaces = createPartPlaces(processPartBytes, usualReclaimAfterMs);
