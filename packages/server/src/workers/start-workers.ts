import { DatabaseUnavailableError } from '#/db/database.ts';
import type { Services } from '#/domain/services.ts';
import type { Worker } from './worker.ts';

export interface RunningWorkers {
  /** Starts nothing new, asks what runs to end, and waits for it. */
  stop(): Promise<void>;
}

/**
 * Runs each worker every `periodMs`, one run at a time; runs missed meanwhile are merged. With `stagger` the first run comes after a
 * random part of the period, else at once. An error is logged and never stops the schedule. A read-only registry runs nothing.
 */
export function startWorkers(
  services: Services,
  workers: readonly Worker[],
  options: { readonly stagger: boolean },
): RunningWorkers {
  if (services.settings.readOnly) {
    services.logger.info('workers stay idle: the registry is read-only');
    return { stop: async () => {} };
  }
  const stopping = new AbortController();
  const schedules = workers.map((worker) =>
    runOnSchedule(services, worker, stopping.signal, options.stagger),
  );
  return {
    async stop() {
      stopping.abort();
      await Promise.all(schedules);
    },
  };
}

async function runOnSchedule(
  services: Services,
  worker: Worker,
  stopping: AbortSignal,
  stagger: boolean,
): Promise<void> {
  let dueMs = performance.now() + (stagger ? Math.random() * worker.periodMs : 0);
  for (;;) {
    do await pause(dueMs - performance.now(), stopping);
    while (!stopping.aborted && performance.now() < dueMs);
    if (stopping.aborted) return;
    await runOnce(services, worker, stopping);
    const missed = Math.floor(Math.max(performance.now() - dueMs, 0) / worker.periodMs);
    dueMs += (missed + 1) * worker.periodMs;
  }
}

async function runOnce(services: Services, worker: Worker, stopping: AbortSignal): Promise<void> {
  const log = services.logger.child({ worker: worker.name });
  try {
    await worker.run(services, stopping);
  } catch (error) {
    if (error instanceof DatabaseUnavailableError && error.readOnly) log.debug('the database is read-only');
    else log.error({ err: error }, 'worker failed; it runs again at its next time');
  }
}

/** Node fires a longer timer at once. */
const longestTimerMs = 2 ** 31 - 1;

/** Waits, but no longer than until the signal; does not keep the process alive. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.min(Math.max(ms, 0), longestTimerMs));
    timer.unref();
    signal.addEventListener('abort', end);
  });
}
