import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Db } from '#/db/database.ts';
import type { AccountKind, Schema } from '#/db/schema.ts';
import type { RepositoryReader } from '#/domain/repositories/index.ts';
import { endOfPrefix } from './search-text.ts';

/** An account as far as search shows it. */
export interface FoundAccount {
  readonly id: number;
  readonly kind: AccountKind;
  readonly name: string;
  readonly email: string | null;
}

export interface FoundEntity extends FoundAccount {
  /** Of the organization that was named. */
  readonly isMember: boolean;
}

/** So many accounts of one prefix are looked at, for those that may be shown. */
const mostLookedAt = 1000;

/** Enabled people whose name is, or starts with, the text, and robots of one namespace whose short name does; by name. */
export async function listMatchingEntities(
  db: Db,
  search: {
    readonly text: string;
    readonly exactly: boolean;
    readonly robotsOf: string | undefined;
    readonly organizationId: number | undefined;
    readonly limit: number;
  },
): Promise<FoundEntity[]> {
  const { text, robotsOf } = search;
  const matches = (eb: ExpressionBuilder<Schema, 'accounts'>, start: string): Expression<SqlBool> =>
    search.exactly
      ? eb('accounts.name', '=', start)
      : eb.and([eb('accounts.name', '>=', start), eb('accounts.name', '<', endOfPrefix(start))]);
  const rows = await db
    .selectFrom('accounts')
    .select(['accounts.id', 'accounts.kind', 'accounts.name', 'accounts.email'])
    .select((eb) =>
      eb
        .selectFrom('team_members as m')
        .innerJoin('teams as t', 't.id', 'm.team_id')
        .select((inner) => inner.fn.countAll<number>().as('count'))
        .whereRef('m.account_id', '=', 'accounts.id')
        .where('t.organization_id', '=', search.organizationId ?? 0)
        .as('memberships'),
    )
    .where('accounts.enabled', '=', 1)
    .where((eb) => {
      const people = eb.and([eb('accounts.kind', '=', 'user'), matches(eb, text)]);
      if (robotsOf === undefined) return people;
      return eb.or([people, eb.and([eb('accounts.kind', '=', 'robot'), matches(eb, `${robotsOf}+${text}`)])]);
    })
    .orderBy('accounts.name')
    .limit(search.limit)
    .execute();
  return rows.map(({ memberships, ...row }) => ({
    ...row,
    isMember: row.kind === 'robot' || (memberships ?? 0) > 0,
  }));
}

/** A team, and the organization that it belongs to. */
export interface FoundTeam {
  readonly id: number;
  readonly name: string;
  readonly organization: FoundAccount;
}

/** Teams whose name starts with the text: of one organization, or all of which the account is a member or whose organization it administers. */
export async function listMatchingTeams(
  db: Db,
  search: {
    readonly text: string;
    readonly of: { readonly organizationId: number } | { readonly accountId: number };
    readonly limit: number;
  },
): Promise<FoundTeam[]> {
  const { of, text } = search;
  const rows = await db
    .selectFrom('teams as t')
    .innerJoin('accounts as o', 'o.id', 't.organization_id')
    .select(['t.id', 't.name', 'o.id as organizationId', 'o.kind', 'o.name as organizationName', 'o.email'])
    .where('o.enabled', '=', 1)
    .where('t.name', '>=', text)
    .where('t.name', '<', endOfPrefix(text))
    .where((eb) =>
      'organizationId' in of
        ? eb('t.organization_id', '=', of.organizationId)
        : eb.or([
            eb(
              't.id',
              'in',
              eb.selectFrom('team_members as m').select('m.team_id').where('m.account_id', '=', of.accountId),
            ),
            eb(
              't.organization_id',
              'in',
              eb
                .selectFrom('team_members as m')
                .innerJoin('teams as a', 'a.id', 'm.team_id')
                .select('a.organization_id')
                .where('m.account_id', '=', of.accountId)
                .where('a.role', '=', 'admin'),
            ),
          ]),
    )
    .orderBy('t.name')
    .orderBy('t.id')
    .limit(search.limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    organization: { id: row.organizationId, kind: row.kind, name: row.organizationName, email: row.email },
  }));
}

export interface FoundRobot extends FoundAccount {
  readonly ownerKind: AccountKind;
}

/** Robots of the account, and of organizations that it administers, whose short name starts with the text. */
export async function listMatchingRobots(
  db: Db,
  search: { readonly text: string; readonly accountId: number; readonly limit: number },
): Promise<FoundRobot[]> {
  const { text, accountId } = search;
  return db
    .selectFrom('accounts as r')
    .innerJoin('accounts as o', 'o.id', 'r.owner_id')
    .select(['r.id', 'r.kind', 'r.name', 'r.email', 'o.kind as ownerKind'])
    .where('r.kind', '=', 'robot')
    .where('r.enabled', '=', 1)
    .where((eb) =>
      eb.or([
        eb('r.owner_id', '=', accountId),
        eb(
          'r.owner_id',
          'in',
          eb
            .selectFrom('team_members as m')
            .innerJoin('teams as t', 't.id', 'm.team_id')
            .select('t.organization_id')
            .where('m.account_id', '=', accountId)
            .where('t.role', '=', 'admin'),
        ),
      ]),
    )
    .where((eb) =>
      eb(
        eb.fn<string>('substr', [
          eb.ref('r.name'),
          eb(eb.fn<number>('length', [eb.ref('o.name')]), '+', 2),
          eb.lit(text.length),
        ]),
        '=',
        text,
      ),
    )
    .orderBy('r.name')
    .limit(search.limit)
    .execute();
}

/**
 * People and organizations whose name starts with the text and of which the reader knows: their own, those of their teams, and those with
 * a repository that they may read.
 */
export async function listMatchingNamespaces(
  db: Db,
  search: { readonly text: string; readonly reader: RepositoryReader; readonly limit: number },
): Promise<FoundAccount[]> {
  const { text, reader } = search;
  const lookedAt = db
    .selectFrom('accounts')
    .select(['id', 'kind', 'name', 'email'])
    .where('kind', 'in', ['user', 'organization'])
    .where('enabled', '=', 1)
    .where('name', '>=', text)
    .where('name', '<', endOfPrefix(text))
    .orderBy('name')
    .limit(mostLookedAt);
  return db
    .selectFrom(lookedAt.as('n'))
    .select(['n.id', 'n.kind', 'n.name', 'n.email'])
    .where((eb) => {
      if (reader.readsEverything) return eb.lit(true);
      const accountId = reader.accountId ?? 0;
      const here = eb
        .selectFrom('repositories as r')
        .select('r.id')
        .whereRef('r.namespace_id', '=', 'n.id')
        .where('r.state', '<>', 'MARKED_FOR_DELETION');
      return eb.or([
        eb('n.id', '=', accountId),
        eb.exists(
          eb
            .selectFrom('team_members as m')
            .innerJoin('teams as t', 't.id', 'm.team_id')
            .select('t.id')
            .where('m.account_id', '=', accountId)
            .whereRef('t.organization_id', '=', 'n.id'),
        ),
        eb.exists(
          here
            .innerJoin('repository_permissions as p', 'p.repository_id', 'r.id')
            .where('p.account_id', '=', accountId),
        ),
        ...(reader.readsPublic
          ? [eb.exists(here.where('r.visibility', '=', 'public').where('r.kind', '=', 'image'))]
          : []),
      ]);
    })
    .orderBy('n.name')
    .limit(search.limit)
    .execute();
}
