import type { Db } from '#/db/database.ts';
import { deleteAllEmailCodes } from './queries-email-codes.ts';
import { deletePrompts } from './queries-prompts.ts';
import { deleteAccountSessions } from './queries-sessions.ts';

/** Takes from an account that nobody signs in to any more its sessions, codes of mails and questions, inside the caller's transaction. */
export async function forgetSignIns(db: Db, accountId: number): Promise<void> {
  await deleteAccountSessions(db, accountId);
  await deleteAllEmailCodes(db, accountId);
  await deletePrompts(db, accountId);
}
