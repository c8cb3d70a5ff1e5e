import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseUnavailableError } from './database.ts';
import { TransientFailure } from './failures.ts';

const limits = { attempts: 20, lostConnections: 3, totalMs: 10_000, firstDelayMs: 4, mostDelayMs: 400 };

/** Runs `attempt` again, with jitter, while it throws TransientFailure; in the end DatabaseUnavailableError. */
export async function retryTransient<T>(attempt: () => Promise<T>): Promise<T> {
  const giveUpAtMs = Date.now() + limits.totalMs;
  let delayMs = limits.firstDelayMs;
  let lost = 0;
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof TransientFailure)) throw error;
      if (error.connectionLost) lost += 1;
      if (lost >= limits.lostConnections) {
        throw new DatabaseUnavailableError('connections to the database break', { cause: error.cause });
      }
      if (tries >= limits.attempts || Date.now() >= giveUpAtMs) {
        throw new DatabaseUnavailableError('the database is too busy', { cause: error.cause });
      }
      await sleep(delayMs * (0.5 + Math.random()));
      delayMs = Math.min(delayMs * 2, limits.mostDelayMs);
    }
  }
}
