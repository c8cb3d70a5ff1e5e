import { DomainError } from '#/domain/errors.ts';
import type { Clock } from '#/platform/clock.ts';

export interface RemoteGuardOptions {
  /** What does not answer, in messages: `The directory`. */
  readonly title: string;
  /** A call that takes longer has failed. */
  readonly timeoutMs: number;
  /** Calls at the same time; default 16. */
  readonly mostCalls?: number;
  /** Calls that wait for one of these; default 500. */
  readonly mostWaiting?: number;
}

/** Keeps a slow or dead server outside of the registry from holding up whoever asks for it. */
export interface RemoteGuard {
  /**
   * The result of `work`, which must end soon after the signal. Throws what `work` throws as a DomainError; anything else that it throws, and
   * running out of time, is `directory_unavailable`, and further calls are refused at once for a while. `overloaded` when too many wait.
   */
  run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** As `work`, but throws `directory_unavailable` after 1.5 s where the server is known or feared not to answer; `work` goes on. */
  patiently<T>(work: () => Promise<T>): Promise<T>;
  /** Refuses all calls from now on, and ends those that run. */
  close(): void;
}

/** After one call without an answer for so long, others no longer wait to the end. */
const suspiciousMs = 1500;
const patienceMs = 1500;
/** Rest after a failure; doubled by each further one. */
const firstRestMs = 1000;
const longestRestMs = 30_000;

interface Waiter {
  readonly start: () => void;
  readonly refuse: (error: DomainError) => void;
}

export function createRemoteGuard(clock: Clock, options: RemoteGuardOptions): RemoteGuard {
  const mostCalls = options.mostCalls ?? 16;
  const mostWaiting = options.mostWaiting ?? 500;
  const running = new Map<AbortController, number>();
  const waiting: Waiter[] = [];
  /** Places taken by calls that run or are about to. */
  let taken = 0;
  let failures = 0;
  let restsUntilMs = 0;
  let lastAnswerMs = 0;
  let lastFailureMs = 0;
  let closed = false;

  const unavailable = (cause?: unknown): DomainError =>
    new DomainError('directory_unavailable', `${options.title} does not answer at present. Try again.`, {
      cause,
      retryAfterSeconds: Math.max(1, Math.ceil((restsUntilMs - clock.nowMs()) / 1000)),
    });

  /** Throws while the server rests; afterwards one call at a time finds out whether it answers again. */
  const refuseResting = (): void => {
    if (closed) throw unavailable();
    if (failures === 0) return;
    if (clock.nowMs() < restsUntilMs || taken > 0) throw unavailable();
  };

  const noteAnswer = (): void => {
    failures = 0;
    restsUntilMs = 0;
    lastAnswerMs = performance.now();
  };

  /** Calls that ran when an earlier one failed tell nothing new. */
  const noteFailure = (startedMs: number): void => {
    if (startedMs < lastFailureMs) return;
    restsUntilMs = clock.nowMs() + Math.min(longestRestMs, firstRestMs * 2 ** Math.min(failures, 10));
    failures += 1;
    lastFailureMs = performance.now();
    for (const { refuse } of waiting.splice(0)) refuse(unavailable());
  };

  const enter = async (): Promise<void> => {
    refuseResting();
    if (taken < mostCalls) {
      taken += 1;
      return;
    }
    if (waiting.length >= mostWaiting) {
      throw new DomainError('overloaded', 'Too many log-ins at the same time. Try again.', {
        retryAfterSeconds: 2,
      });
    }
    await new Promise<void>((start, refuse) => waiting.push({ start, refuse }));
  };

  /** Whoever waits takes the place over. */
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) taken -= 1;
    else next.start();
  };

  const run: RemoteGuard['run'] = async (work) => {
    await enter();
    if (closed) {
      leave();
      throw unavailable();
    }
    const controller = new AbortController();
    const startedMs = performance.now();
    running.set(controller, startedMs);
    try {
      const result = await withinTime(work(controller.signal), options.timeoutMs, controller);
      noteAnswer();
      return result;
    } catch (error) {
      if (error instanceof DomainError && error.code !== 'directory_unavailable') {
        noteAnswer();
        throw error;
      }
      noteFailure(startedMs);
      throw unavailable(error);
    } finally {
      running.delete(controller);
      leave();
    }
  };

  const isSuspicious = (): boolean => {
    if (failures > 0) return true;
    const [oldestMs] = running.values();
    return oldestMs !== undefined && oldestMs > lastAnswerMs && performance.now() - oldestMs > suspiciousMs;
  };

  return {
    run,
    async patiently(work) {
      if (!isSuspicious()) return work();
      const controller = new AbortController();
      const result = work();
      // Nobody may be left to hear of it.
      result.catch(() => undefined);
      try {
        return await withinTime(result, patienceMs, controller);
      } catch (error) {
        throw controller.signal.aborted ? unavailable(error) : error;
      }
    },
    close() {
      closed = true;
      for (const { refuse } of waiting.splice(0)) refuse(unavailable());
      for (const controller of running.keys()) controller.abort();
    },
  };
}

/** Rejects after the time, or once the controller aborts; the work then has nobody who listens. */
async function withinTime<T>(work: Promise<T>, ms: number, controller: AbortController): Promise<T> {
  const ended = Promise.withResolvers<never>();
  const timer = setTimeout(() => controller.abort(new Error(`no answer within ${ms} ms`)), ms);
  const onAbort = (): void => ended.reject(controller.signal.reason);
  controller.signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, ended.promise]);
  } finally {
    clearTimeout(timer);
    controller.signal.removeEventListener('abort', onAbort);
  }
}
