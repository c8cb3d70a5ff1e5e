import { randomUUID } from 'node:crypto';
import type { Db } from '#/db/database.ts';
import { deleteAccountRow, lockAccount } from '#/domain/namespaces/index.ts';
import { advanceRepository, listRepositoryIds, markForDeletion } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { type KeepOn, type PurgeOutcome, purgeRepository } from './purge-repository.ts';
import { isNamespaceMarked } from './queries.ts';

const batchSize = 50;

/**
 * Removes every repository of a namespace that is being deleted, then the account with all that belongs to it. Resumable as
 * purgeRepository is; an account without a marker is left alone.
 */
export async function purgeNamespace(
  services: Services,
  accountId: number,
  keepOn: KeepOn,
): Promise<PurgeOutcome> {
  const { database } = services;
  if (!(await isNamespaceMarked(database.read, accountId))) return 'done';
  let afterId = 0;
  let isWaiting = false;
  for (;;) {
    const ids = await listRepositoryIds(database.read, { namespaceId: accountId, afterId, limit: batchSize });
    for (const id of ids) {
      await database.transaction(async (db) => {
        await advanceRepository(db, id);
        await markForDeletion(db, id, randomUUID());
      });
      const outcome = await purgeRepository(services, id, keepOn);
      if (outcome === 'stopped') return outcome;
      if (outcome === 'waiting') isWaiting = true;
    }
    const last = ids.at(-1);
    if (last !== undefined) {
      afterId = last;
    } else {
      if (isWaiting) return 'waiting';
      if (await database.transaction((db) => deleteEmptyAccount(db, accountId))) return 'done';
      // Somebody made a repository at the last moment.
      afterId = 0;
    }
  }
}

async function deleteEmptyAccount(db: Db, accountId: number): Promise<boolean> {
  if (!(await lockAccount(db, accountId))) return true;
  const [held] = await listRepositoryIds(db, { namespaceId: accountId, afterId: 0, limit: 1 });
  if (held !== undefined) return false;
  await deleteAccountRow(db, accountId);
  return true;
}
