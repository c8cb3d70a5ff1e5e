import { setImmediate as nextTurn } from 'node:timers/promises';
import { DatabaseUnavailableError } from '#/db/database.ts';

/** Patience plus probe stay under the 2 s within which a caller must hear that the database is gone. */
const patienceMs = 900;
const probeLimitMs = 800;
const recoveryProbeDelayMs = { first: 25, most: 400 };

/** Whether a server is there. */
export interface Liveness {
  /** The error that callers get at once while the server is known to be down. */
  down(): DatabaseUnavailableError | undefined;
  /** The server refused a connection: it is down until a probe succeeds. */
  markDown(cause: unknown): void;
  /** The server answered something. */
  seen(): void;
  /** The same promise, unless the server turns out to be dead while it is pending. */
  watch<T>(pending: Promise<T>): Promise<T>;
  close(): void;
}

export interface LivenessOptions {
  /** Opens a new connection and closes it. */
  readonly probe: () => Promise<void>;
  /** Whether a failed probe was at least an answer of the server. */
  readonly provesLife: (error: unknown) => boolean;
  readonly onDown: (error: DatabaseUnavailableError) => void;
}

export function createLiveness(options: LivenessOptions): Liveness {
  let down: DatabaseUnavailableError | undefined;
  let lastSeenMs = 0;
  let probing: Promise<void> | undefined;
  let recovery: NodeJS.Timeout | undefined;
  let closed = false;
  const watchers = new Set<(error: DatabaseUnavailableError) => void>();

  function seen(): void {
    lastSeenMs = performance.now();
    down = undefined;
    clearTimeout(recovery);
    recovery = undefined;
  }

  function markDown(cause: unknown): void {
    if (down !== undefined || closed) return;
    down = new DatabaseUnavailableError('the database cannot be reached', { cause });
    for (const refuse of watchers) refuse(down);
    watchers.clear();
    options.onDown(down);
    planRecovery(recoveryProbeDelayMs.first);
  }

  function planRecovery(delayMs: number): void {
    recovery = setTimeout(() => {
      void probeOnce().then(() => {
        if (down !== undefined && !closed) planRecovery(Math.min(delayMs * 2, recoveryProbeDelayMs.most));
      });
    }, delayMs);
    recovery.unref();
  }

  /** One probe at a time, however many ask. */
  function probeOnce(): Promise<void> {
    probing ??= runProbe().finally(() => {
      probing = undefined;
    });
    return probing;
  }

  async function runProbe(): Promise<void> {
    const startedMs = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        // This process may have been the slow one: look at what arrived before judging.
        void nextTurn().then(() => reject(new Error(`no answer within ${probeLimitMs} ms`)));
      }, probeLimitMs);
    });
    try {
      await Promise.race([options.probe(), late]);
      seen();
    } catch (error) {
      if (options.provesLife(error)) seen();
      else if (lastSeenMs < startedMs) markDown(error);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    down: () => down,
    markDown,
    seen,
    watch(pending) {
      return new Promise((resolve, reject) => {
        let timer: NodeJS.Timeout | undefined;
        const settle = (): void => {
          clearTimeout(timer);
          watchers.delete(reject);
        };
        const wait = (): void => {
          timer = setTimeout(() => {
            if (performance.now() - lastSeenMs > patienceMs / 2) void nextTurn().then(check);
            else wait();
          }, patienceMs);
        };
        const check = (): void => {
          if (!watchers.has(reject)) return;
          void probeOnce().then(() => {
            if (watchers.has(reject)) wait();
          });
        };
        watchers.add(reject);
        wait();
        pending.then(
          (value) => {
            settle();
            lastSeenMs = performance.now();
            resolve(value);
          },
          (error: unknown) => {
            settle();
            reject(error);
          },
        );
      });
    },
    close() {
      closed = true;
      clearTimeout(recovery);
    },
  };
}
