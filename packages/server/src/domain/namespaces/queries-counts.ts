import type { Db } from '#/db/database.ts';

export async function countRobots(db: Db, ownerId: number): Promise<number> {
  const { count } = await db
    .selectFrom('accounts')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('owner_id', '=', ownerId)
    .where('kind', '=', 'robot')
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function countTeams(db: Db, organizationId: number): Promise<number> {
  const { count } = await db
    .selectFrom('teams')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('organization_id', '=', organizationId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

export async function countTeamMembers(db: Db, teamId: number): Promise<number> {
  const { count } = await db
    .selectFrom('team_members')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('team_id', '=', teamId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Open ones. */
export async function countTeamInvites(db: Db, teamId: number): Promise<number> {
  const { count } = await db
    .selectFrom('team_invites')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('team_id', '=', teamId)
    .executeTakeFirstOrThrow();
  return Number(count);
}
