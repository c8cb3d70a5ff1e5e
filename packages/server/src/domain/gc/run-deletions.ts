import { DatabaseUnavailableError } from '#/db/database.ts';
import {
  completeQueueItem,
  extendQueueItem,
  type QueueItem,
  queueName,
  queueNamesOf,
  returnQueueItem,
  takeQueueItem,
} from '#/domain/background/index.ts';
import type { Services } from '#/domain/services.ts';
import { purgeNamespace } from './purge-namespace.ts';
import { type KeepOn, type PurgeOutcome, purgeRepository } from './purge-repository.ts';
import { requeueNamespaces, requeueRepositories } from './requeue-deletions.ts';

const processingMs = 15 * 60_000;
const waitMs = 60_000;

interface Options {
  readonly signal?: AbortSignal;
}

/** Purges the repositories that wait for it, until none is left or the signal comes; returns how many. Any number of nodes may do so at once. */
export async function runRepositoryDeletions(services: Services, options: Options = {}): Promise<number> {
  await requeueRepositories(services);
  return await runJobs(services, queueNamesOf(services).repositoryDeletion, purgeRepository, options);
}

/** As runRepositoryDeletions, for users and organizations. */
export async function runNamespaceDeletions(services: Services, options: Options = {}): Promise<number> {
  await requeueNamespaces(services);
  return await runJobs(services, queueNamesOf(services).namespaceDeletion, purgeNamespace, options);
}

async function runJobs(
  services: Services,
  queue: string,
  purge: (services: Services, markerId: number, keepOn: KeepOn) => Promise<PurgeOutcome>,
  { signal }: Options,
): Promise<number> {
  const isStopped = (): boolean => signal?.aborted === true;
  let purged = 0;
  while (!isStopped()) {
    const item = await takeQueueItem(services, { prefix: queueName(queue), processingMs });
    if (item === undefined) break;
    const job = holdItem(services, item, isStopped);
    try {
      const outcome = await purge(services, readMarkerId(item), job.keepOn);
      if (outcome === 'done') {
        await completeQueueItem(services, item);
        purged += 1;
      } else {
        const retryAfterMs = outcome === 'waiting' ? waitMs : 0;
        await returnQueueItem(services, item, { restoreRetry: true, retryAfterMs });
      }
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) throw error;
      services.logger.error({ err: error, queue, item: item.id }, 'deletion failed');
      await returnQueueItem(services, item);
    }
  }
  return purged;
}

/** Keeps the reservation of a job while its purge makes progress; ends it when the job was cancelled. */
function holdItem(
  services: Services,
  item: QueueItem,
  isStopped: () => boolean,
): { readonly keepOn: KeepOn } {
  let held = item;
  return {
    async keepOn() {
      if (isStopped()) return false;
      if (held.expiresMs - services.clock.nowMs() > processingMs / 2) return true;
      const extended = await extendQueueItem(services, held, { processingMs });
      if (extended !== undefined) held = extended;
      return extended !== undefined;
    },
  };
}

function readMarkerId({ body }: QueueItem): number {
  const { marker_id: id }: { marker_id?: unknown } = JSON.parse(body);
  if (typeof id !== 'number') throw new TypeError('the body of a deletion names no marker');
  return id;
}
