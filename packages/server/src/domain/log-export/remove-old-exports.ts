import { completeQueueItem, queueName, returnQueueItem, takeQueueItem } from '#/domain/background/index.ts';
import type { Services } from '#/domain/services.ts';
import { removalQueue } from './write-export.ts';

/** Removes the exports whose links have run out; returns how many. */
export async function removeOldExports(
  services: Services,
  options: { readonly signal?: AbortSignal } = {},
): Promise<number> {
  let removed = 0;
  while (options.signal?.aborted !== true) {
    const item = await takeQueueItem(services, { prefix: queueName(removalQueue) });
    if (item === undefined) break;
    const { location, path }: { location: string; path: string } = JSON.parse(item.body);
    try {
      await services.storage.get(location).driver.remove(path);
    } catch (error) {
      services.logger.warn({ err: error, location, path }, 'an old export cannot be removed');
      await returnQueueItem(services, item);
      continue;
    }
    await completeQueueItem(services, item);
    removed += 1;
  }
  return removed;
}
