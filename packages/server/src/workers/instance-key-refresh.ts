import { minuteMs, type Worker } from './worker.ts';

/** Keeps the key alive with which this instance signs; `refresh` belongs to whoever made the key. */
export function instanceKeyRefresh(options: {
  readonly refresh: () => Promise<void>;
  /** `INSTANCE_SERVICE_KEY_REFRESH`, 55 minutes unless given. */
  readonly periodMs?: number;
}): Worker {
  return {
    name: 'instance-key-refresh',
    periodMs: options.periodMs ?? 55 * minuteMs,
    run: () => options.refresh(),
  };
}
