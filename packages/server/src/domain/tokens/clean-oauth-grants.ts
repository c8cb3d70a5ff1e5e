import type { Services } from '#/domain/services.ts';
import { deleteCodesBefore, deleteOauthTokensExpiredBefore } from './queries-authorization-codes.ts';
import { codeLifeSeconds } from './redeem-authorization-code.ts';

/** Rows of one transaction. */
const batchSize = 500;

/** So long a code is remembered that became a token, which a second use of the code ends. */
const usedCodeSeconds = 24 * 3600;

/** Removes authorization codes and bearer tokens that nobody can use any more; returns how many went. */
export async function cleanOauthGrants(services: Services): Promise<number> {
  const nowMs = services.clock.nowMs();
  const { database } = services;
  const codesBefore = {
    beforeMs: nowMs - codeLifeSeconds * 1000,
    usedBeforeMs: nowMs - usedCodeSeconds * 1000,
    limit: batchSize,
  };
  const codes = await untilEmpty(() => database.transaction((db) => deleteCodesBefore(db, codesBefore)));
  const tokens = await untilEmpty(() =>
    database.transaction((db) => deleteOauthTokensExpiredBefore(db, nowMs, batchSize)),
  );
  return codes + tokens;
}

async function untilEmpty(deleteBatch: () => Promise<number>): Promise<number> {
  let total = 0;
  for (;;) {
    const count = await deleteBatch();
    total += count;
    if (count < batchSize) return total;
  }
}
