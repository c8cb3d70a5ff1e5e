import type { Services } from '#/domain/services.ts';
import { deleteAppTokensExpiredBefore } from './queries-expired.ts';

/** Removes app-specific tokens that expired longer than `graceSeconds` ago; returns how many went. */
export async function cleanAppTokens(services: Services, graceSeconds: number): Promise<number> {
  const beforeMs = services.clock.nowMs() - graceSeconds * 1000;
  return services.database.transaction((db) => deleteAppTokensExpiredBefore(db, beforeMs));
}
