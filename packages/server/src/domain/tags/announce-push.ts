import type { TagName } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { putOutboxEvent } from '#/domain/background/index.ts';

/** Topic of the event that a push leaves; the body is that of Quay's notification, `{ updated_tags }`. */
const repositoryPushTopic = 'repo_push';

/** Leaves the event to be delivered, in the transaction of the push and in the order of the repository's pushes. */
export async function announcePush(
  db: Db,
  push: {
    readonly repositoryId: number;
    readonly tags: readonly TagName[];
    readonly eventNumber: number;
    readonly nowMs: number;
  },
): Promise<void> {
  const { repositoryId, eventNumber, nowMs } = push;
  await putOutboxEvent(db, {
    topic: repositoryPushTopic,
    body: { updated_tags: push.tags },
    order: { repositoryId, eventNumber },
    nowMs,
  });
}
