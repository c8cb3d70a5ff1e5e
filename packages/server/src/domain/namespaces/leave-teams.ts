import type { Db } from '#/db/database.ts';
import { deleteMembershipsIn, listTeamMemberships } from './queries-teams.ts';

/** Takes the account out of every team of the organization, under its lock; the names of those that it was in. */
export async function leaveTeams(db: Db, organizationId: number, accountId: number): Promise<string[]> {
  const memberships = await listTeamMemberships(db, organizationId, { accountId });
  await deleteMembershipsIn(db, organizationId, accountId);
  return memberships.map(({ team }) => team.name);
}
