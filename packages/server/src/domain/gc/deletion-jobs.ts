import type { Db } from '#/db/database.ts';
import { putQueueItem, queueName } from '#/domain/background/index.ts';

export const repositoryQueue = 'repositorygc';
export const namespaceQueue = 'namespacegc';

/** Names of jobs are bounded; the body says which repository is meant. */
const mostNameCharacters = 200;

/** Path of the jobs about a repository of that name. */
export function repositoryJobName(namespace: string, name: string): string {
  return queueName(repositoryQueue, namespace, name.slice(0, mostNameCharacters));
}

/** Path of the job about a namespace. */
export function namespaceJobName(accountId: number): string {
  return queueName(namespaceQueue, String(accountId));
}

/** Enqueues the purge of a marked repository in the caller's transaction. */
export async function putRepositoryJob(
  db: Db,
  job: {
    readonly repositoryId: number;
    readonly namespace: string;
    readonly name: string;
    readonly nowMs: number;
  },
): Promise<void> {
  await putQueueItem(db, {
    name: repositoryJobName(job.namespace, job.name),
    body: { marker_id: job.repositoryId, original_name: job.name },
    nowMs: job.nowMs,
  });
}

/** Enqueues the purge of a marked namespace in the caller's transaction. */
export async function putNamespaceJob(
  db: Db,
  job: {
    readonly accountId: number;
    readonly name: string;
    readonly nowMs: number;
    readonly delayMs: number;
  },
): Promise<void> {
  await putQueueItem(db, {
    name: namespaceJobName(job.accountId),
    body: { marker_id: job.accountId, original_username: job.name },
    nowMs: job.nowMs,
    delayMs: job.delayMs,
  });
}
