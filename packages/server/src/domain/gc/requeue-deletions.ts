import { countAliveQueueItems } from '#/domain/background/index.ts';
import type { Services } from '#/domain/services.ts';
import { namespaceJobName, putNamespaceJob, putRepositoryJob, repositoryJobName } from './deletion-jobs.ts';
import { listDeletedNamespaces, listDeletedRepositories } from './queries.ts';

/** A deletion this old must have a job; a job can use up its retries in an outage. */
const forgottenAfterMs = 3600_000;
const batchSize = 100;

type Reach = Pick<Services, 'database' | 'clock' | 'settings'>;

/** Gives repositories whose job is gone a new one: what is marked is purged some day. */
export async function requeueRepositories(services: Reach): Promise<void> {
  const { database, clock } = services;
  const nowMs = clock.nowMs();
  const options = { beforeMs: nowMs - forgottenAfterMs, limit: batchSize };
  for (const { id, namespace, originalName } of await listDeletedRepositories(database.read, options)) {
    const alive = await countAliveQueueItems(
      database.read,
      repositoryJobName(services, namespace, originalName),
    );
    if (alive > 0) continue;
    await database.transaction((db) =>
      putRepositoryJob(services, db, { repositoryId: id, namespace, name: originalName, nowMs }),
    );
  }
}

/** As requeueRepositories, for users and organizations. */
export async function requeueNamespaces(services: Reach): Promise<void> {
  const { database, clock } = services;
  const nowMs = clock.nowMs();
  const options = { beforeMs: nowMs - forgottenAfterMs, limit: batchSize };
  for (const { id, originalName } of await listDeletedNamespaces(database.read, options)) {
    if ((await countAliveQueueItems(database.read, namespaceJobName(services, id))) > 0) continue;
    await database.transaction((db) =>
      putNamespaceJob(services, db, { accountId: id, name: originalName, nowMs, delayMs: 0 }),
    );
  }
}
