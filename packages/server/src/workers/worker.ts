import type { Services } from '#/domain/services.ts';

/** A periodic task: a schedule and one call into the domain. */
export interface Worker {
  readonly name: string;
  readonly periodMs: number;
  /** Ends soon after `signal` is aborted, at the end of its present step. */
  run(services: Services, signal: AbortSignal): Promise<void>;
}

export const secondMs = 1000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
