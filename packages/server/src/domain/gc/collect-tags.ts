import { clockSkewMs } from '#/domain/blobs/index.ts';
import type { Services } from '#/domain/services.ts';
import type { EndedTag } from '#/domain/tags/index.ts';
import { type CollectionProgress, createCollectionProgress } from './collection-progress.ts';
import { findNextWindow } from './queries.ts';
import { type RemovedTags, removeTags } from './remove-tags.ts';
import { walkEndedTags } from './walk-ended-tags.ts';

/** Rows of the history that one transaction removes. */
const batchSize = 50;

/** Where a round reports to and what it may be told. */
export interface CollectionOptions {
  readonly signal?: AbortSignal;
  /** What this process has seen; absent: everything is looked at. */
  readonly progress?: CollectionProgress;
}

/**
 * One round of the time machine: removes tags that ended longer ago than their namespace keeps them, hidden ones at their end, with the
 * manifests that nothing keeps then. Their blobs are left to `expireBlobLinks`. Runs on any number of nodes at once, in small
 * transactions; its cost follows what has ended, not what is stored.
 */
export async function collectTags(
  services: Pick<Services, 'database' | 'clock'>,
  options: CollectionOptions = {},
): Promise<RemovedTags> {
  const { signal, progress = createCollectionProgress() } = options;
  const isStopped = (): boolean => signal?.aborted === true;
  const nowMs = services.clock.nowMs() - clockSkewMs;
  let sum = await walk(services, { hidden: true, fromMs: 0, untilMs: nowMs, isDue: () => true, signal });
  let windowSeconds = await findNextWindow(services.database.read, -1);
  while (windowSeconds !== undefined && !isStopped()) {
    const seconds = windowSeconds;
    const untilMs = nowMs - seconds * 1000;
    const found = await walk(services, {
      hidden: false,
      fromMs: progress.startOf(`window ${seconds}`, nowMs),
      untilMs,
      isDue: (tag) => tag.windowSeconds === seconds,
      signal,
    });
    if (!isStopped()) progress.reached(`window ${seconds}`, untilMs);
    sum = add(sum, found);
    windowSeconds = await findNextWindow(services.database.read, seconds);
  }
  return sum;
}

async function walk(
  services: Pick<Services, 'database' | 'clock'>,
  what: {
    readonly hidden: boolean;
    readonly fromMs: number;
    readonly untilMs: number;
    readonly isDue: (tag: EndedTag) => boolean;
    readonly signal: AbortSignal | undefined;
  },
): Promise<RemovedTags> {
  let sum: RemovedTags = { tags: 0, manifests: 0 };
  for await (const { repositoryId, tags } of walkEndedTags(services.database, what)) {
    const due = tags.filter(what.isDue).map(({ id }) => id);
    for (let start = 0; start < due.length; start += batchSize) {
      if (what.signal?.aborted === true) return sum;
      const tagIds = due.slice(start, start + batchSize);
      sum = add(sum, await removeTags(services, { repositoryId, tagIds, which: 'ended' }));
    }
  }
  return sum;
}

function add(a: RemovedTags, b: RemovedTags): RemovedTags {
  return { tags: a.tags + b.tags, manifests: a.manifests + b.manifests };
}
