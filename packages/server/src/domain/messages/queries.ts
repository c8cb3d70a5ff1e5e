import type { Db } from '#/db/database.ts';
import { insertRow } from '#/db/insert-row.ts';
import type { GlobalMessage } from './global-message.ts';

/** All messages, oldest first; superusers write them by hand, so they are few. */
export async function listGlobalMessages(db: Db): Promise<GlobalMessage[]> {
  const rows = await db
    .selectFrom('global_messages')
    .select(['uuid', 'content', 'severity', 'media_type as mediaType'])
    .orderBy('id')
    .execute();
  return rows;
}

export async function countGlobalMessages(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('global_messages')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function insertGlobalMessage(db: Db, message: GlobalMessage, nowMs: number): Promise<void> {
  await insertRow(db, 'global_messages', {
    uuid: message.uuid,
    content: message.content,
    severity: message.severity,
    media_type: message.mediaType,
    created_ms: nowMs,
  });
}

export async function deleteMessage(db: Db, uuid: string): Promise<void> {
  await db.deleteFrom('global_messages').where('uuid', '=', uuid).execute();
}
