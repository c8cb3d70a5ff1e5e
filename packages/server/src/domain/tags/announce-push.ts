import type { TagName } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { insertOutbox } from './queries.ts';

/** Leaves the event `repo_push` to be delivered, in the transaction of the push and in its order. */
export async function announcePush(
  db: Db,
  push: {
    readonly repository: { readonly id: number };
    readonly tags: readonly TagName[];
    readonly eventNumber: number;
    readonly nowMs: number;
  },
): Promise<void> {
  await insertOutbox(db, {
    topic: 'repo_push',
    repository_id: push.repository.id,
    event_number: push.eventNumber,
    body: JSON.stringify({ updated_tags: push.tags }),
    created_ms: push.nowMs,
    available_after_ms: push.nowMs,
    attempts: 0,
    parked: 0,
    owner: null,
    lease_expires_ms: null,
  });
}
