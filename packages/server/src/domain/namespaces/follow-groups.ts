import { DomainError } from '#/domain/errors.ts';
import { writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import type { Account } from './account.ts';
import { deleteTeamMember, insertTeamMember, lockOrganization } from './queries.ts';
import {
  type FollowingTeam,
  isFollowing,
  listFollowedMemberships,
  listTeamsFollowing,
} from './queries-groups.ts';

/**
 * For a directory that tells the groups of a person at sign-in, and the people of a group never: the person becomes a member of exactly those of
 * its teams whose group is among them. A team of another service, or of none, is left alone.
 */
export async function followGroups(
  services: Services,
  input: {
    readonly account: Pick<Account, 'id' | 'name'>;
    readonly service: string;
    /** Configurations of team synchronisation, one for each group of the person. */
    readonly configs: readonly Readonly<Record<string, string>>[];
  },
): Promise<void> {
  const { account, service } = input;
  const { read } = services.database;
  const configs = input.configs.map((config) => JSON.stringify(config));
  const wanted = await listTeamsFollowing(read, service, configs);
  const present = await listFollowedMemberships(read, service, account.id);
  const isIn = (teams: readonly FollowingTeam[], { teamId }: FollowingTeam): boolean =>
    teams.some((team) => team.teamId === teamId);
  const changes = [
    ...wanted.filter((team) => !isIn(present, team)).map((team) => ({ team, joins: true })),
    ...present.filter((team) => !isIn(wanted, team)).map((team) => ({ team, joins: false })),
  ];
  let changed = false;
  for (const change of changes) changed = (await apply(services, service, account, change)) || changed;
  if (changed) services.events.publish({ kind: 'authority-changed' });
}

/** False when somebody made the change meanwhile, or it is not to be made any more. */
async function apply(
  services: Services,
  service: string,
  account: Pick<Account, 'id' | 'name'>,
  { team, joins }: { readonly team: FollowingTeam; readonly joins: boolean },
): Promise<boolean> {
  try {
    return await services.database.transaction(async (db) => {
      await lockOrganization(db, team.organizationId);
      if (!(await isFollowing(db, service, team.teamId))) return false;
      const store = joins ? insertTeamMember : deleteTeamMember;
      if (!(await store(db, team.teamId, account.id))) return false;
      await writeChangeLog(services, db, {
        kind: joins ? 'org_add_team_member' : 'org_remove_team_member',
        accountId: team.organizationId,
        performer: undefined,
        metadata: { member: account.name, team: team.name },
      });
      return true;
    });
  } catch (error) {
    // The organization was deleted meanwhile.
    if (error instanceof DomainError && error.code === 'not_found') return false;
    throw error;
  }
}
