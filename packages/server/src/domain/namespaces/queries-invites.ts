import type { Db } from '#/db/database.ts';
import type { NewRow } from '#/db/schema.ts';
import { listLimits } from '#/domain/list-limits.ts';

/** An invitation to a team that waits for an answer; exactly one of `inviteeId` and `email` is set. */
export interface TeamInvite {
  readonly id: number;
  readonly code: string;
  readonly teamId: number;
  readonly team: string;
  readonly organizationId: number;
  readonly organization: string;
  readonly inviter: string;
  readonly inviteeId: number | null;
  readonly invitee: string | null;
  /** Where an invitation without an account was mailed to. */
  readonly email: string | null;
  /** Address of the invited account. */
  readonly inviteeEmail: string | null;
}

function selectInvites(db: Db) {
  return db
    .selectFrom('team_invites as i')
    .innerJoin('teams as t', 't.id', 'i.team_id')
    .innerJoin('accounts as o', 'o.id', 't.organization_id')
    .innerJoin('accounts as b', 'b.id', 'i.inviter_id')
    .leftJoin('accounts as a', 'a.id', 'i.account_id')
    .select([
      'i.id',
      'i.code',
      't.id as teamId',
      't.name as team',
      'o.id as organizationId',
      'o.name as organization',
      'b.name as inviter',
      'i.account_id as inviteeId',
      'a.name as invitee',
      'i.email',
      'a.email as inviteeEmail',
    ]);
}

export async function insertTeamInvite(db: Db, row: NewRow<'team_invites'>): Promise<void> {
  await db.insertInto('team_invites').values(row).execute();
}

export async function findTeamInviteByCode(db: Db, code: string): Promise<TeamInvite | undefined> {
  return selectInvites(db).where('i.code', '=', code).executeTakeFirst();
}

/** Whether an open invitation to some team was mailed to the address. */
export async function findInvitedEmail(db: Db, email: string): Promise<boolean> {
  const row = await db
    .selectFrom('team_invites')
    .select('id')
    .where('email', '=', email)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** The open invitation of an account, or of an address, to the team. */
export async function findTeamInvite(
  db: Db,
  teamId: number,
  invitee: { readonly accountId: number } | { readonly email: string },
): Promise<TeamInvite | undefined> {
  const query = selectInvites(db).where('i.team_id', '=', teamId);
  return (
    'email' in invitee
      ? query.where('i.email', '=', invitee.email)
      : query.where('i.account_id', '=', invitee.accountId)
  ).executeTakeFirst();
}

/** Oldest first. */
export async function listTeamInvites(db: Db, teamId: number): Promise<TeamInvite[]> {
  return selectInvites(db)
    .where('i.team_id', '=', teamId)
    .orderBy('i.id')
    .limit(listLimits.teamInvites)
    .execute();
}

/** Records that the invitation is mailed now; false when that was done after `beforeMs`. */
export async function storeInviteMailed(
  db: Db,
  id: number,
  at: { readonly nowMs: number; readonly beforeMs: number },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('team_invites')
    .set({ created_ms: at.nowMs })
    .where('id', '=', id)
    .where('created_ms', '<=', at.beforeMs)
    .executeTakeFirstOrThrow();
  return numUpdatedRows > 0n;
}

export async function deleteTeamInvite(db: Db, id: number): Promise<void> {
  await db.deleteFrom('team_invites').where('id', '=', id).execute();
}

/** An account that is a member needs no invitation any more. */
export async function deleteTeamInviteOf(db: Db, teamId: number, accountId: number): Promise<void> {
  await db
    .deleteFrom('team_invites')
    .where('team_id', '=', teamId)
    .where('account_id', '=', accountId)
    .execute();
}

/** Open invitations of an account to teams. */
export async function deleteInvitesOf(db: Db, accountId: number): Promise<void> {
  await db.deleteFrom('team_invites').where('account_id', '=', accountId).execute();
}
