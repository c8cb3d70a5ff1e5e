import type { Db } from '#/db/database.ts';
import { insertIgnore } from '#/db/insert-ignore.ts';
import type { NewRow, Row } from '#/db/schema.ts';
import type { ConfigurationNode, ConfigurationVersionEntry } from './configuration-version.ts';

const entryColumns = ['number', 'digest', 'source', 'author', 'note', 'created_ms'] as const;

/** The number and digest of the newest version. */
export async function findLatestEntry(db: Db): Promise<ConfigurationVersionEntry | undefined> {
  const query = db.selectFrom('configuration_versions').select(entryColumns);
  const row = await query.orderBy('number', 'desc').limit(1).executeTakeFirst();
  return row && toEntry(row);
}

/** Newest first, from below `before`. */
export async function listEntries(
  db: Db,
  page: { readonly before: number | undefined; readonly limit: number },
): Promise<ConfigurationVersionEntry[]> {
  const rows = await db
    .selectFrom('configuration_versions')
    .select(entryColumns)
    .$if(page.before !== undefined, (query) => query.where('number', '<', page.before ?? 0))
    .orderBy('number', 'desc')
    .limit(page.limit)
    .execute();
  return rows.map(toEntry);
}

export async function findVersionRow(
  db: Db,
  number: number,
): Promise<Row<'configuration_versions'> | undefined> {
  const query = db.selectFrom('configuration_versions').selectAll();
  return await query.where('number', '=', number).executeTakeFirst();
}

/** Whether any version that is kept says the same. */
export async function isKnownDigest(db: Db, digest: string): Promise<boolean> {
  const query = db.selectFrom('configuration_versions').select('number').where('digest', '=', digest);
  return (await query.limit(1).executeTakeFirst()) !== undefined;
}

/** False when there is a version of that number. */
export async function insertVersion(db: Db, row: NewRow<'configuration_versions'>): Promise<boolean> {
  return await insertIgnore(db, 'configuration_versions', row);
}

/** Deletes what is older than the newest `keep`. */
export async function deleteOldVersions(db: Db, keep: number): Promise<number> {
  const oldestKept = await db
    .selectFrom('configuration_versions')
    .select('number')
    .orderBy('number', 'desc')
    .offset(keep - 1)
    .limit(1)
    .executeTakeFirst();
  if (oldestKept === undefined) return 0;
  const { numDeletedRows } = await db
    .deleteFrom('configuration_versions')
    .where('number', '<', oldestKept.number)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

export async function putNode(db: Db, node: ConfigurationNode): Promise<void> {
  const row = {
    hostname: node.hostname,
    version: node.version,
    state: node.state,
    detail: node.detail,
    reported_ms: node.reportedMs,
  };
  if (await insertIgnore(db, 'configuration_nodes', { node_id: node.nodeId, ...row })) return;
  await db.updateTable('configuration_nodes').set(row).where('node_id', '=', node.nodeId).execute();
}

/** Who reported since then, by name. */
export async function listNodeRows(db: Db, sinceMs: number, limit: number): Promise<ConfigurationNode[]> {
  const rows = await db
    .selectFrom('configuration_nodes')
    .selectAll()
    .where('reported_ms', '>=', sinceMs)
    .orderBy('reported_ms', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    nodeId: row.node_id,
    hostname: row.hostname,
    version: row.version,
    state: row.state,
    detail: row.detail,
    reportedMs: row.reported_ms,
  }));
}

export async function deleteNodesBefore(db: Db, beforeMs: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('configuration_nodes')
    .where('reported_ms', '<', beforeMs)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

export function toEntry(row: Pick<Row<'configuration_versions'>, (typeof entryColumns)[number]>) {
  return {
    number: row.number,
    digest: row.digest,
    source: row.source,
    author: row.author,
    note: row.note,
    createdMs: row.created_ms,
  };
}
