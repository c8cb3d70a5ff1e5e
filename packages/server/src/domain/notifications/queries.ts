import type { Db } from '#/db/database.ts';
import { insertRow } from '#/db/insert-row.ts';
import type { AccountKind } from '#/db/schema.ts';
import {
  mostFailures,
  type RepositoryNotification,
  type StoredNotification,
} from './repository-notification.ts';

const columns = [
  'n.uuid',
  'n.title',
  'n.event',
  'n.method',
  'n.config_json',
  'n.event_config_json',
  'n.number_of_failures',
] as const;

function notificationFromRow(row: {
  readonly uuid: string;
  readonly title: string | null;
  readonly event: string;
  readonly method: string;
  readonly config_json: string;
  readonly event_config_json: string;
  readonly number_of_failures: number;
}): RepositoryNotification {
  return {
    uuid: row.uuid,
    title: row.title,
    event: row.event,
    method: row.method,
    config: JSON.parse(row.config_json) as RepositoryNotification['config'],
    eventConfig: JSON.parse(row.event_config_json) as RepositoryNotification['eventConfig'],
    numberOfFailures: row.number_of_failures,
  };
}

/** All of a repository, oldest first; their number is limited. */
export async function listRepositoryNotifications(
  db: Db,
  repositoryId: number,
): Promise<RepositoryNotification[]> {
  const rows = await db
    .selectFrom('repository_notifications as n')
    .select(columns)
    .where('n.repository_id', '=', repositoryId)
    .orderBy('n.id')
    .execute();
  return rows.map(notificationFromRow);
}

/** A notification of this repository. */
export async function findRepositoryNotification(
  db: Db,
  repositoryId: number,
  uuid: string,
): Promise<RepositoryNotification | undefined> {
  const row = await db
    .selectFrom('repository_notifications as n')
    .select(columns)
    .where('n.uuid', '=', uuid)
    .where('n.repository_id', '=', repositoryId)
    .executeTakeFirst();
  return row && notificationFromRow(row);
}

/** A notification with the present names of its repository, unless that is being deleted. */
export async function findStoredNotification(db: Db, uuid: string): Promise<StoredNotification | undefined> {
  const row = await db
    .selectFrom('repository_notifications as n')
    .innerJoin('repositories as r', 'r.id', 'n.repository_id')
    .innerJoin('accounts as a', 'a.id', 'r.namespace_id')
    .select([
      ...columns,
      'r.id as repositoryId',
      'r.name',
      'r.namespace_id as namespaceId',
      'a.name as namespace',
    ])
    .where('n.uuid', '=', uuid)
    .where('r.state', '<>', 'MARKED_FOR_DELETION')
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { repositoryId: id, name, namespaceId, namespace } = row;
  return { ...notificationFromRow(row), repository: { id, namespaceId, namespace, name } };
}

/** Uuids of what a repository's event is to be sent to. */
export async function listListening(db: Db, repositoryId: number, event: string): Promise<string[]> {
  const rows = await db
    .selectFrom('repository_notifications')
    .select('uuid')
    .where('repository_id', '=', repositoryId)
    .where('event', '=', event)
    .where('number_of_failures', '<', mostFailures)
    .orderBy('id')
    .execute();
  return rows.map(({ uuid }) => uuid);
}

export async function countNotifications(db: Db, repositoryId: number): Promise<number> {
  const { count } = await db
    .selectFrom('repository_notifications')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('repository_id', '=', repositoryId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function insertNotification(
  db: Db,
  repositoryId: number,
  notification: RepositoryNotification,
  nowMs: number,
): Promise<void> {
  await insertRow(db, 'repository_notifications', {
    uuid: notification.uuid,
    repository_id: repositoryId,
    event: notification.event,
    method: notification.method,
    title: notification.title,
    config_json: JSON.stringify(notification.config),
    event_config_json: JSON.stringify(notification.eventConfig),
    number_of_failures: notification.numberOfFailures,
    created_ms: nowMs,
  });
}

export async function deleteNotification(db: Db, uuid: string): Promise<void> {
  await db.deleteFrom('repository_notifications').where('uuid', '=', uuid).execute();
}

export async function addFailure(db: Db, uuid: string): Promise<void> {
  await db
    .updateTable('repository_notifications')
    .set((eb) => ({ number_of_failures: eb('number_of_failures', '+', 1) }))
    .where('uuid', '=', uuid)
    .execute();
}

export async function clearFailures(db: Db, uuid: string): Promise<void> {
  await db
    .updateTable('repository_notifications')
    .set({ number_of_failures: 0 })
    .where('uuid', '=', uuid)
    .execute();
}

/** Topics from `first` up to but without `end` that have something to deliver now. */
export async function listDueTopics(
  db: Db,
  range: { readonly first: string; readonly end: string; readonly nowMs: number; readonly limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('outbox')
    .select('topic')
    .distinct()
    .where('parked', '=', 0)
    .where('available_after_ms', '<=', range.nowMs)
    .where('topic', '>=', range.first)
    .where('topic', '<', range.end)
    .where((eb) => eb.or([eb('lease_expires_ms', 'is', null), eb('lease_expires_ms', '<=', range.nowMs)]))
    .limit(range.limit)
    .execute();
  return rows.map(({ topic }) => topic);
}

/** Undefined for an account that is gone. */
export async function findAccountKind(db: Db, id: number): Promise<AccountKind | undefined> {
  const row = await db.selectFrom('accounts').select('kind').where('id', '=', id).executeTakeFirst();
  return row?.kind;
}

/** Whether the organization has the team still. */
export async function hasTeam(db: Db, organizationId: number, teamId: number): Promise<boolean> {
  const row = await db
    .selectFrom('teams')
    .select('id')
    .where('id', '=', teamId)
    .where('organization_id', '=', organizationId)
    .executeTakeFirst();
  return row !== undefined;
}
