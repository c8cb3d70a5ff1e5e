import type { Db } from '#/db/database.ts';
import { insertIgnore } from '#/db/insert-ignore.ts';
import type { AccountKind } from '#/db/schema.ts';

/** What the page of a repository shows beside its reference. */
export interface RepositoryDetails {
  readonly description: string;
  readonly badgeToken: string;
  readonly isTrusted: boolean;
  readonly isStarred: boolean;
  readonly namespaceKind: AccountKind;
  /** Time machine window of the namespace. */
  readonly tagExpirationSeconds: number;
}

/** `accountId` is whose star counts. Undefined when the repository is gone. */
export async function findRepositoryDetails(
  db: Db,
  repositoryId: number,
  accountId: number | undefined,
): Promise<RepositoryDetails | undefined> {
  const row = await db
    .selectFrom('repositories as r')
    .innerJoin('accounts as n', 'n.id', 'r.namespace_id')
    .leftJoin('stars as s', (join) =>
      join.onRef('s.repository_id', '=', 'r.id').on('s.account_id', '=', accountId ?? 0),
    )
    .select([
      'r.description',
      'r.badge_token as badgeToken',
      'r.trust_enabled as trusted',
      'n.kind as namespaceKind',
      'n.tag_expiration_s as tagExpirationSeconds',
      's.account_id as starredBy',
    ])
    .where('r.id', '=', repositoryId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { trusted, starredBy, ...details } = row;
  return { ...details, isTrusted: trusted === 1, isStarred: starredBy !== null };
}

/** How many entries the action log has about a repository, by day (days since the epoch), from a day on. */
export async function listDailyActions(
  db: Db,
  repositoryId: number,
  sinceDay: number,
): Promise<ReadonlyMap<number, number>> {
  const rows = await db
    .selectFrom('repository_action_counts')
    .select(['day', 'count'])
    .where('repository_id', '=', repositoryId)
    .where('day', '>=', sinceDay)
    .execute();
  return new Map(rows.map(({ day, count }) => [day, count]));
}

/** A star that is there already stays as it is. */
export async function insertStar(
  db: Db,
  star: { readonly accountId: number; readonly repositoryId: number; readonly createdMs: number },
): Promise<void> {
  await insertIgnore(db, 'stars', {
    account_id: star.accountId,
    repository_id: star.repositoryId,
    created_ms: star.createdMs,
  });
}

export async function deleteStar(db: Db, accountId: number, repositoryId: number): Promise<void> {
  await db
    .deleteFrom('stars')
    .where('account_id', '=', accountId)
    .where('repository_id', '=', repositoryId)
    .execute();
}

/** False when the repository does not exist or is being deleted. */
export async function updateRepositoryDetails(
  db: Db,
  id: number,
  values: { description?: string; trust_enabled?: 0 | 1 },
): Promise<boolean> {
  await db.updateTable('repositories').set(values).where('id', '=', id).execute();
  // MySQL counts rows that changed: the same description again would look like none.
  const row = await db
    .selectFrom('repositories')
    .select('id')
    .where('id', '=', id)
    .where('state', '<>', 'MARKED_FOR_DELETION')
    .executeTakeFirst();
  return row !== undefined;
}

/** Every star that the account gave. */
export async function deleteStarsOf(db: Db, accountId: number): Promise<void> {
  await db.deleteFrom('stars').where('account_id', '=', accountId).execute();
}
