import { createHash, randomBytes } from 'node:crypto';
import type { Db } from '#/db/database.ts';
import type { EmailCodesTable } from '#/db/schema.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import {
  deleteEmailCode,
  deleteEmailCodes,
  deleteOldEmailCodes,
  findEmailCode,
  findLatestEmailCode,
  insertEmailCode,
} from './queries-email-codes.ts';

export type EmailCodeKind = EmailCodesTable['kind'];

const codeBytes = 30;
/** Who asks again within this time gets no second mail: nobody's mailbox is to be flooded. */
const mailGapMs = 60_000;
/** Of links that confirm an address. */
export const confirmationLifeSeconds = 7 * 24 * 3600;

/** A code for a link that is mailed to `email`, in the transaction that stores the mail; it replaces older ones of its kind. Undefined when one was made a moment ago. */
export async function createEmailCode(
  services: Services,
  db: Db,
  input: { readonly accountId: number; readonly kind: EmailCodeKind; readonly email: string },
): Promise<string | undefined> {
  const code = randomBytes(codeBytes).toString('base64url');
  const nowMs = services.clock.nowMs();
  const latest = await findLatestEmailCode(db, input.accountId, input.kind);
  const sameAddress = latest?.new_email === input.email;
  if (latest !== undefined && sameAddress && nowMs - latest.created_ms < mailGapMs) return undefined;
  await deleteEmailCodes(db, input.accountId, input.kind);
  await insertEmailCode(db, {
    account_id: input.accountId,
    kind: input.kind,
    code_hash: hashCode(code),
    new_email: input.email,
    created_ms: nowMs,
  });
  return code;
}

export interface TakenEmailCode {
  readonly accountId: number;
  readonly kind: EmailCodeKind;
  /** Where the link was mailed to. */
  readonly email: string | null;
  readonly createdMs: number;
}

interface CodeUse {
  readonly code: string;
  readonly kinds: readonly EmailCodeKind[];
  readonly lifeSeconds: number;
}

/** Uses a code up, inside the transaction of what it allows. Throws DomainError `invalid_request` when it is unknown, used or too old. */
export async function takeEmailCode(services: Services, db: Db, input: CodeUse): Promise<TakenEmailCode> {
  const { id, ...taken } = await getEmailCode(services, db, input);
  if (!(await deleteEmailCode(db, id))) throw staleCode();
  return taken;
}

/** As takeEmailCode, but the code stays. */
export async function getEmailCode(
  services: Services,
  db: Db,
  input: CodeUse,
): Promise<TakenEmailCode & { readonly id: number }> {
  const row = await findEmailCode(db, hashCode(input.code));
  const tooOld = row !== undefined && services.clock.nowMs() - row.created_ms > input.lifeSeconds * 1000;
  if (row === undefined || tooOld || !input.kinds.includes(row.kind)) throw staleCode();
  return {
    id: row.id,
    accountId: row.account_id,
    kind: row.kind,
    email: row.new_email,
    createdMs: row.created_ms,
  };
}

/** What somebody is told whose link does nothing any more. */
export function staleCode(): DomainError {
  return new DomainError(
    'invalid_request',
    'This link was used already or is no longer valid. Ask for a new one.',
  );
}

/** Removes codes that nobody can use any more. */
export async function cleanEmailCodes(services: Services): Promise<void> {
  const beforeMs = services.clock.nowMs() - confirmationLifeSeconds * 1000;
  await services.database.transaction((db) => deleteOldEmailCodes(db, beforeMs));
}

/** The code has 240 random bits, so that a slow hash would add nothing. */
function hashCode(code: string): string {
  return createHash('sha256').update(code).digest('hex');
}
