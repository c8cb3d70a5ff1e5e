import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { keepingAdministrators } from './keep-administrator.ts';
import { deleteTeamMember, findAccountByName, getTeam, lockOrganization } from './queries.ts';
import { refuseSynced } from './refuse-synced.ts';

/**
 * Throws DomainError `not_found` (organization, team), `invalid_request` (no member, a person in a synced team; nobody, or not the caller, would be
 * left to administer the organization).
 */
export async function removeTeamMember(
  services: Services,
  input: {
    readonly organizationId: number;
    readonly team: string;
    readonly member: string;
    readonly performer?: Performer;
  },
): Promise<void> {
  await services.database.transaction(async (db) => {
    await lockOrganization(db, input.organizationId);
    const team = await getTeam(db, input.organizationId, input.team);
    const member = await findAccountByName(db, input.member);
    if (member === undefined) throw noMember(input);
    if (member.kind !== 'robot') await refuseSynced(db, team);
    const remove = async () => {
      if (!(await deleteTeamMember(db, team.id, member.id))) throw noMember(input);
    };
    if (team.role === 'admin' && member.kind === 'user') {
      const { organizationId, performer } = input;
      await keepingAdministrators(db, { organizationId, callerId: performer?.accountId }, remove);
    } else await remove();
    await writeChangeLog(services, db, {
      kind: 'org_remove_team_member',
      accountId: input.organizationId,
      performer: input.performer,
      metadata: { member: member.name, team: team.name },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
}

function noMember({ member, team }: { readonly member: string; readonly team: string }): DomainError {
  return new DomainError('invalid_request', `"${member}" is not a member of "${team}".`);
}
