import { randomUUID } from 'node:crypto';
import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { refuseTooMany } from '#/domain/list-limits.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { AccountReference } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import type { Account } from './account.ts';
import { storeTeamMember } from './add-team-member.ts';
import { asAlreadyExists } from './as-already-exists.ts';
import { checkEmail } from './check-email.ts';
import { getFutureMember } from './get-future-member.ts';
import { getTeam, lockOrganization, type Team } from './queries.ts';
import { countTeamInvites } from './queries-counts.ts';
import { findTeamInvite, insertTeamInvite, storeInviteMailed, type TeamInvite } from './queries-invites.ts';
import { isOrganizationMember, isTeamMember } from './queries-teams.ts';
import { refuseSynced } from './refuse-synced.ts';

/** Tells the invited person, in the transaction that stores the invitation. */
export type AnnounceInvite = (db: Db, invite: TeamInvite) => Promise<void>;

/** Who is invited again within this time gets no second mail: nobody's mailbox is to be flooded. */
const mailGapMs = 60_000;

interface Invitation {
  readonly organizationId: number;
  readonly team: string;
  readonly inviter: AccountReference;
  /** Lets a mail go out: about a new invitation, and about one that is asked for again after a while. */
  readonly mail: AnnounceInvite;
  readonly performer?: Performer | undefined;
}

/**
 * Adds a robot, or a person who is in the organization already, to the team and invites anybody else; a second call returns the open
 * invitation. Throws DomainError as addTeamMember.
 */
export async function addOrInviteTeamMember(
  services: Services,
  input: Invitation & { readonly member: string; readonly announce: AnnounceInvite },
): Promise<{ readonly member: Account; readonly invited: TeamInvite | undefined }> {
  const result = await services.database.transaction(async (db) => {
    await lockOrganization(db, input.organizationId);
    const team = await getTeam(db, input.organizationId, input.team);
    const member = await getFutureMember(db, team, input.member);
    if (await isTeamMember(db, team.id, member.id)) {
      throw new DomainError('already_exists', `"${member.name}" already is a member of "${team.name}".`);
    }
    if (member.kind === 'robot' || (await isOrganizationMember(db, team.organizationId, member.id))) {
      await storeTeamMember(services, db, { team, member, performer: input.performer });
      return { member, invited: undefined };
    }
    const open = await findTeamInvite(db, team.id, { accountId: member.id });
    if (open !== undefined) return { member, invited: await again(services, db, open, input.mail) };
    const invite = await storeInvite(services, db, team, input, { accountId: member.id });
    await input.announce(db, invite);
    return { member, invited: invite };
  });
  services.events.publish({ kind: 'authority-changed' });
  return result;
}

/**
 * Invites whoever reads the mail of this address; a second call returns the open invitation. Throws DomainError `not_found` (organization,
 * team), `invalid_request` (no address, a synced team).
 */
export async function inviteTeamMemberByEmail(
  services: Services,
  input: Invitation & { readonly email: string },
): Promise<TeamInvite> {
  checkEmail(input.email);
  return asAlreadyExists('The address was invited a moment ago.', () =>
    services.database.transaction(async (db) => {
      await lockOrganization(db, input.organizationId);
      const team = await getTeam(db, input.organizationId, input.team);
      await refuseSynced(db, team);
      const open = await findTeamInvite(db, team.id, { email: input.email });
      if (open !== undefined) return again(services, db, open, input.mail);
      return storeInvite(services, db, team, input, { email: input.email });
    }),
  );
}

async function again(
  services: Services,
  db: Db,
  invite: TeamInvite,
  mail: AnnounceInvite,
): Promise<TeamInvite> {
  const nowMs = services.clock.nowMs();
  const isDue = await storeInviteMailed(db, invite.id, { nowMs, beforeMs: nowMs - mailGapMs });
  if (isDue) await mail(db, invite);
  return invite;
}

async function storeInvite(
  services: Services,
  db: Db,
  team: Team,
  { inviter, mail, performer }: Invitation,
  invitee: { readonly accountId: number } | { readonly email: string },
): Promise<TeamInvite> {
  await insertTeamInvite(db, {
    team_id: team.id,
    account_id: 'email' in invitee ? null : invitee.accountId,
    email: 'email' in invitee ? invitee.email : null,
    inviter_id: inviter.id,
    code: `urn:teaminvite:${randomUUID()}`,
    created_ms: services.clock.nowMs(),
  });
  refuseTooMany(services, 'teamInvites', await countTeamInvites(db, team.id));
  const invite = await findTeamInvite(db, team.id, invitee);
  if (invite === undefined) throw new Error('the invitation was not stored');
  await writeChangeLog(services, db, {
    kind: 'org_invite_team_member',
    accountId: team.organizationId,
    performer,
    metadata: inviteMetadata(invite),
  });
  await mail(db, invite);
  return invite;
}

/** What the log says about an invitation (REST reference H.1). */
export function inviteMetadata(invite: TeamInvite): Readonly<Record<string, unknown>> {
  return {
    ...(invite.email === null ? { user: invite.invitee } : { email: invite.email }),
    member: invite.invitee,
    team: invite.team,
  };
}
