import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { refuseTooMany } from '#/domain/list-limits.ts';
import { type LogKind, type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import type { Account } from './account.ts';
import { getTeam, insertTeamMember, lockOrganization } from './queries.ts';
import { countTeamMembers } from './queries-counts.ts';
import {
  deleteTeamInvite,
  deleteTeamInviteOf,
  findTeamInviteByCode,
  type TeamInvite,
} from './queries-invites.ts';
import { refuseSynced } from './refuse-synced.ts';
import type { RetractInvite } from './withdraw-team-invite.ts';

interface AnsweredInvite {
  readonly code: string;
  /** The person who answers. */
  readonly account: Account;
  readonly retract: RetractInvite;
  readonly performer?: Performer | undefined;
}

/** Makes the person a member of the team. Throws DomainError `invalid_request` (unknown code, another person's, a synced team, too many members). */
export async function acceptTeamInvite(services: Services, input: AnsweredInvite): Promise<TeamInvite> {
  const invite = await end(services, input, 'org_team_member_invite_accepted', async (db, open) => {
    const team = await getTeam(db, open.organizationId, open.team);
    await refuseSynced(db, team);
    await insertTeamMember(db, team.id, input.account.id);
    refuseTooMany(services, 'teamMembers', await countTeamMembers(db, team.id));
    await deleteTeamInviteOf(db, team.id, input.account.id);
  });
  services.events.publish({ kind: 'authority-changed' });
  return invite;
}

/** Ends the invitation without a membership. Throws DomainError `invalid_request` (unknown code, another person's). */
export async function declineTeamInvite(services: Services, input: AnsweredInvite): Promise<TeamInvite> {
  return end(services, input, 'org_team_member_invite_declined', async () => undefined);
}

async function end(
  services: Services,
  input: AnsweredInvite,
  kind: LogKind,
  work: (db: Db, invite: TeamInvite) => Promise<void>,
): Promise<TeamInvite> {
  const { account, code } = input;
  return services.database.transaction(async (db) => {
    const found = await findTeamInviteByCode(db, code);
    if (found !== undefined) await lockOrganization(db, found.organizationId);
    // Again under the lock: of two answers at once one wins.
    const invite = found && (await findTeamInviteByCode(db, code));
    if (invite === undefined) {
      throw new DomainError('invalid_request', 'The invitation does not exist, or was answered before.');
    }
    if (invite.inviteeId !== null && invite.inviteeId !== account.id) {
      throw new DomainError(
        'invalid_request',
        `The invitation is for the user "${invite.invitee}"; sign in as that user to answer it.`,
      );
    }
    await work(db, invite);
    await deleteTeamInvite(db, invite.id);
    await input.retract(db, invite);
    await writeChangeLog(services, db, {
      kind,
      accountId: invite.organizationId,
      performer: input.performer,
      metadata: { member: account.name, team: invite.team, inviter: invite.inviter },
    });
    return invite;
  });
}
