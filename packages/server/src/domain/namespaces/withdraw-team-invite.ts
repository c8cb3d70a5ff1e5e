import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { inviteMetadata } from './invite-team-member.ts';
import { findAccountByName, getTeam, lockOrganization, type Team } from './queries.ts';
import { deleteTeamInvite, findTeamInvite, type TeamInvite } from './queries-invites.ts';

/** Takes back what told the invited person, in the transaction that ends an invitation. */
export type RetractInvite = (db: Db, invite: TeamInvite) => Promise<void>;

interface Withdrawal {
  readonly organizationId: number;
  readonly team: string;
  readonly retract: RetractInvite;
  readonly performer?: Performer | undefined;
}

/** Ends the open invitation of a person; false when there is none. Throws DomainError `not_found` (organization, team). */
export async function withdrawTeamInvite(
  services: Services,
  input: Withdrawal & { readonly member: string },
): Promise<boolean> {
  return withdraw(services, input, async (db, team) => {
    const account = await findAccountByName(db, input.member);
    return account && findTeamInvite(db, team.id, { accountId: account.id });
  });
}

/** Ends the open invitation of an address. Throws DomainError `not_found`. */
export async function withdrawTeamInviteByEmail(
  services: Services,
  input: Withdrawal & { readonly email: string },
): Promise<void> {
  const { email } = input;
  const found = await withdraw(services, input, (db, team) => findTeamInvite(db, team.id, { email }));
  if (!found) throw new DomainError('not_found', `"${email}" is not invited to "${input.team}".`);
}

async function withdraw(
  services: Services,
  input: Withdrawal,
  find: (db: Db, team: Team) => Promise<TeamInvite | undefined>,
): Promise<boolean> {
  return services.database.transaction(async (db) => {
    await lockOrganization(db, input.organizationId);
    const team = await getTeam(db, input.organizationId, input.team);
    const invite = await find(db, team);
    if (invite === undefined) return false;
    await deleteTeamInvite(db, invite.id);
    await input.retract(db, invite);
    await writeChangeLog(services, db, {
      kind: 'org_delete_team_member_invite',
      accountId: team.organizationId,
      performer: input.performer,
      metadata: inviteMetadata(invite),
    });
    return true;
  });
}
