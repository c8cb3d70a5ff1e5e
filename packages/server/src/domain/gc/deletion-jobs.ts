import type { Db } from '#/db/database.ts';
import { putQueueItem, queueName, queueNamesOf } from '#/domain/background/index.ts';
import type { Services } from '#/domain/services.ts';

type Reach = Pick<Services, 'settings'>;

/** Names of jobs are bounded; the body says which repository is meant. */
const mostNameCharacters = 200;

/** Path of the jobs about a repository of that name. */
export function repositoryJobName(services: Reach, namespace: string, name: string): string {
  return queueName(queueNamesOf(services).repositoryDeletion, namespace, name.slice(0, mostNameCharacters));
}

/** Path of the job about a namespace. */
export function namespaceJobName(services: Reach, accountId: number): string {
  return queueName(queueNamesOf(services).namespaceDeletion, String(accountId));
}

/** Enqueues the purge of a marked repository in the caller's transaction. */
export async function putRepositoryJob(
  services: Reach,
  db: Db,
  job: {
    readonly repositoryId: number;
    readonly namespace: string;
    readonly name: string;
    readonly nowMs: number;
  },
): Promise<void> {
  await putQueueItem(db, {
    name: repositoryJobName(services, job.namespace, job.name),
    body: { marker_id: job.repositoryId, original_name: job.name },
    nowMs: job.nowMs,
  });
}

/** Enqueues the purge of a marked namespace in the caller's transaction. */
export async function putNamespaceJob(
  services: Reach,
  db: Db,
  job: {
    readonly accountId: number;
    readonly name: string;
    readonly nowMs: number;
    readonly delayMs: number;
  },
): Promise<void> {
  await putQueueItem(db, {
    name: namespaceJobName(services, job.accountId),
    body: { marker_id: job.accountId, original_username: job.name },
    nowMs: job.nowMs,
    delayMs: job.delayMs,
  });
}
