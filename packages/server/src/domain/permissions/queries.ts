import { type RawBuilder, sql } from 'kysely';
import type { Db } from '#/db/database.ts';
import { insertIgnore } from '#/db/insert-ignore.ts';
import type {
  AccountKind,
  RepositoryKind,
  RepositoryRole,
  RepositoryState,
  Visibility,
} from '#/db/schema.ts';
import type { NamespaceAccess, RepositoryAccess } from './roles.ts';

/** No account has it: stands for nobody in the queries below. */
const nobodyId = 0;

/** What an evaluation must know of the account that acts. */
export interface ActorFacts {
  readonly id: number;
  readonly kind: AccountKind;
  readonly ownerId: number | null;
  /** Enabled, and so is the owner of a robot. */
  readonly active: boolean;
}

export interface RepositoryFacts {
  readonly namespaceId: number;
  readonly namespaceEnabled: boolean;
  readonly visibility: Visibility;
  readonly kind: RepositoryKind;
  readonly state: RepositoryState;
  readonly actor: ActorFacts | undefined;
  /** The strongest of the actor's own permission and those of its teams. */
  readonly granted: RepositoryAccess;
  /** The strongest role of the actor's teams in the organization. */
  readonly membership: NamespaceAccess;
}

const repositoryAccesses: readonly RepositoryAccess[] = ['none', 'read', 'write', 'admin'];
const namespaceAccesses: readonly NamespaceAccess[] = ['none', 'member', 'creator', 'admin'];

const repositoryRank = (role: string): RawBuilder<number | null> =>
  sql<number | null>`max(case ${sql.ref(role)} when 'admin' then 3 when 'write' then 2 else 1 end)`;
const teamRank = (role: string): RawBuilder<number | null> =>
  sql<number | null>`max(case ${sql.ref(role)} when 'admin' then 3 when 'creator' then 2 else 1 end)`;

/** Everything that decides about one account and one repository, in one query; undefined when the repository does not exist. */
export async function findRepositoryFacts(
  db: Db,
  repositoryId: number,
  accountId: number | undefined,
): Promise<RepositoryFacts | undefined> {
  const actorId = accountId ?? nobodyId;
  const row = await db
    .selectFrom('repositories as r')
    .innerJoin('accounts as n', 'n.id', 'r.namespace_id')
    .leftJoin('accounts as a', (join) => join.on('a.id', '=', actorId))
    .leftJoin('accounts as o', 'o.id', 'a.owner_id')
    .where('r.id', '=', repositoryId)
    .select([
      'r.namespace_id as namespaceId',
      'r.visibility',
      'r.kind',
      'r.state',
      'n.enabled as namespaceEnabled',
      'a.id as actorId',
      'a.kind as actorKind',
      'a.owner_id as actorOwnerId',
      'a.enabled as actorEnabled',
      'o.enabled as ownerEnabled',
    ])
    .select((eb) => [
      eb
        .selectFrom('repository_permissions as p')
        .whereRef('p.repository_id', '=', 'r.id')
        .where('p.account_id', '=', actorId)
        .select(repositoryRank('p.role').as('rank'))
        .as('directRank'),
      eb
        .selectFrom('repository_permissions as p')
        .innerJoin('team_members as m', 'm.team_id', 'p.team_id')
        .whereRef('p.repository_id', '=', 'r.id')
        .where('m.account_id', '=', actorId)
        .select(repositoryRank('p.role').as('rank'))
        .as('teamRank'),
      eb
        .selectFrom('teams as t')
        .innerJoin('team_members as m', 'm.team_id', 't.id')
        .whereRef('t.organization_id', '=', 'r.namespace_id')
        .where('m.account_id', '=', actorId)
        .select(teamRank('t.role').as('rank'))
        .as('membershipRank'),
    ])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    namespaceId: row.namespaceId,
    namespaceEnabled: row.namespaceEnabled === 1,
    visibility: row.visibility,
    kind: row.kind,
    state: row.state,
    actor: actorFacts(row),
    granted: repositoryAccesses[Math.max(row.directRank ?? 0, row.teamRank ?? 0)] ?? 'none',
    membership: namespaceAccesses[row.membershipRank ?? 0] ?? 'none',
  };
}

export interface NamespaceFacts {
  readonly enabled: boolean;
  readonly actor: ActorFacts | undefined;
  readonly membership: NamespaceAccess;
}

/** Everything that decides about one account and one namespace, in one query; undefined when the namespace does not exist. */
export async function findNamespaceFacts(
  db: Db,
  namespaceId: number,
  accountId: number,
): Promise<NamespaceFacts | undefined> {
  const row = await db
    .selectFrom('accounts as n')
    .leftJoin('accounts as a', (join) => join.on('a.id', '=', accountId))
    .leftJoin('accounts as o', 'o.id', 'a.owner_id')
    .where('n.id', '=', namespaceId)
    .where('n.kind', '<>', 'robot')
    .select([
      'n.enabled',
      'a.id as actorId',
      'a.kind as actorKind',
      'a.owner_id as actorOwnerId',
      'a.enabled as actorEnabled',
      'o.enabled as ownerEnabled',
    ])
    .select((eb) =>
      eb
        .selectFrom('teams as t')
        .innerJoin('team_members as m', 'm.team_id', 't.id')
        .whereRef('t.organization_id', '=', 'n.id')
        .where('m.account_id', '=', accountId)
        .select(teamRank('t.role').as('rank'))
        .as('membershipRank'),
    )
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    enabled: row.enabled === 1,
    actor: actorFacts(row),
    membership: namespaceAccesses[row.membershipRank ?? 0] ?? 'none',
  };
}

function actorFacts(row: {
  actorId: number | null;
  actorKind: AccountKind | null;
  actorOwnerId: number | null;
  actorEnabled: number | null;
  ownerEnabled: number | null;
}): ActorFacts | undefined {
  if (row.actorId === null || row.actorKind === null) return undefined;
  return {
    id: row.actorId,
    kind: row.actorKind,
    ownerId: row.actorOwnerId,
    active: row.actorEnabled === 1 && (row.actorOwnerId === null || row.ownerEnabled === 1),
  };
}

/** Exactly one of both is set. */
export type DelegateId =
  | { readonly accountId: number; readonly teamId?: never }
  | { readonly teamId: number; readonly accountId?: never };

/** Gives the role; an existing permission of the delegate is changed to it. */
export async function putRepositoryPermission(
  db: Db,
  repositoryId: number,
  delegate: DelegateId,
  role: RepositoryRole,
): Promise<void> {
  const inserted = await insertIgnore(db, 'repository_permissions', {
    repository_id: repositoryId,
    account_id: delegate.accountId ?? null,
    team_id: delegate.teamId ?? null,
    role,
  });
  if (inserted) return;
  await db
    .updateTable('repository_permissions')
    .set({ role })
    .where('repository_id', '=', repositoryId)
    .$if(delegate.accountId !== undefined, (query) => query.where('account_id', '=', delegate.accountId ?? 0))
    .$if(delegate.teamId !== undefined, (query) => query.where('team_id', '=', delegate.teamId ?? 0))
    .execute();
}

/** False when the delegate had no permission. */
export async function deleteRepositoryPermission(
  db: Db,
  repositoryId: number,
  delegate: DelegateId,
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('repository_permissions')
    .where('repository_id', '=', repositoryId)
    .where(
      delegate.teamId === undefined ? 'account_id' : 'team_id',
      '=',
      delegate.teamId ?? delegate.accountId,
    )
    .executeTakeFirstOrThrow();
  return numDeletedRows > 0n;
}

export interface RepositoryPermission {
  readonly kind: 'user' | 'robot' | 'team';
  readonly name: string;
  readonly role: RepositoryRole;
}

/** The explicit permissions on a repository, people and robots first, by name. */
export async function listRepositoryPermissions(
  db: Db,
  repositoryId: number,
): Promise<RepositoryPermission[]> {
  const accounts = await db
    .selectFrom('repository_permissions as p')
    .innerJoin('accounts as a', 'a.id', 'p.account_id')
    .select(['a.name', 'a.kind', 'p.role'])
    .where('p.repository_id', '=', repositoryId)
    .orderBy('a.name')
    .execute();
  const teams = await db
    .selectFrom('repository_permissions as p')
    .innerJoin('teams as t', 't.id', 'p.team_id')
    .select(['t.name', 'p.role'])
    .where('p.repository_id', '=', repositoryId)
    .orderBy('t.name')
    .execute();
  return [
    ...accounts.map(({ name, kind, role }) => ({
      kind: kind === 'robot' ? ('robot' as const) : ('user' as const),
      name,
      role,
    })),
    ...teams.map(({ name, role }) => ({ kind: 'team' as const, name, role })),
  ];
}
