import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { keepingAdministrators } from './keep-administrator.ts';
import { deleteTeamRow, findTeam, lockOrganization } from './queries.ts';
import { listTeamInvites } from './queries-invites.ts';
import type { RetractInvite } from './withdraw-team-invite.ts';

/**
 * Removes a team with its permissions and invitations. Throws DomainError `not_found` (organization), `invalid_request` (no such team; nobody,
 * or not the caller, would be left to administer the organization).
 */
export async function deleteTeam(
  services: Services,
  input: {
    readonly organizationId: number;
    readonly team: string /** Called for each open invitation, which ends with the team. */;
    readonly retract?: RetractInvite;
    readonly performer?: Performer;
  },
): Promise<void> {
  const { organizationId } = input;
  await services.database.transaction(async (db) => {
    await lockOrganization(db, organizationId);
    const team = await findTeam(db, organizationId, input.team);
    if (team === undefined) {
      throw new DomainError('invalid_request', `The team "${input.team}" does not exist.`);
    }
    if (input.retract !== undefined) {
      for (const invite of await listTeamInvites(db, team.id)) await input.retract(db, invite);
    }
    const remove = () => deleteTeamRow(db, team.id);
    if (team.role === 'admin') {
      await keepingAdministrators(db, { organizationId, callerId: input.performer?.accountId }, remove);
    } else await remove();
    await writeChangeLog(services, db, {
      kind: 'org_delete_team',
      accountId: organizationId,
      performer: input.performer,
      metadata: { team: input.team },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
}
