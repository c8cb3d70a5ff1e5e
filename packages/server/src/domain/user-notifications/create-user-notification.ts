import { randomUUID } from 'node:crypto';
import type { Db } from '#/db/database.ts';
import type { Services } from '#/domain/services.ts';
import { insertUserNotifications } from './queries.ts';
import type { UserNotificationKind } from './user-notification.ts';

/** Rows of one statement. */
const batchSize = 200;

/**
 * Tells people and organizations something, inside the transaction `db` of its cause; of an organization everybody sees it who
 * administers it. `lookupPath` (at most 255 characters) is how removeUserNotifications takes it back.
 */
export async function createUserNotification(
  { clock }: Pick<Services, 'clock'>,
  db: Db,
  input: {
    readonly accountIds: readonly number[];
    readonly kind: UserNotificationKind;
    readonly metadata: Readonly<Record<string, unknown>>;
    readonly lookupPath?: string;
  },
): Promise<void> {
  const created_ms = clock.nowMs();
  const metadata_json = JSON.stringify(input.metadata);
  const rows = [...new Set(input.accountIds)].map((account_id) => ({
    uuid: randomUUID(),
    account_id,
    kind: input.kind,
    metadata_json,
    lookup_path: input.lookupPath ?? null,
    created_ms,
  }));
  for (let start = 0; start < rows.length; start += batchSize)
    await insertUserNotifications(db, rows.slice(start, start + batchSize));
}
