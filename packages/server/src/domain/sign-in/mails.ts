import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Account } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { createEmailCode, type EmailCodeKind } from './email-codes.ts';
import { type MailContext, putAccountMail } from './outgoing-mail.ts';

/** Mails the link that confirms the address of a new account; nothing when one was sent a moment ago. */
export async function sendConfirmationMail(
  services: Services,
  context: MailContext,
  account: Pick<Account, 'id' | 'name' | 'email'>,
): Promise<void> {
  requireMailer(services);
  const { id: accountId, name, email } = account;
  if (email === null) return;
  await services.database.transaction((db) =>
    storeCodeMail(services, db, context, {
      accountId,
      kind: 'confirm',
      to: email,
      subject: 'Please confirm your e-mail address',
      text: `This address was given for the new account "${name}". Follow the link to confirm it.`,
    }),
  );
}

/**
 * Mails the link that makes `email` the address of the account, once the caller's transaction is committed; the present address stays in
 * force until it is followed.
 */
export async function storeChangeMail(
  services: Services,
  db: Db,
  context: MailContext,
  input: { readonly account: Pick<Account, 'id' | 'name'>; readonly email: string },
): Promise<void> {
  requireMailer(services);
  await storeCodeMail(services, db, context, {
    accountId: input.account.id,
    kind: 'change',
    to: input.email,
    subject: 'Please confirm your new e-mail address',
    text: `The account "${input.account.name}" is to use this address. Follow the link to confirm it.`,
  });
}

/**
 * Mails the link with which somebody who forgot the password gets in; nothing when one was sent a moment ago. `organizations` have the
 * same address.
 */
export async function sendRecoveryMail(
  services: Services,
  context: MailContext,
  account: Pick<Account, 'id' | 'name' | 'email'>,
  organizations: readonly Pick<Account, 'name'>[] = [],
): Promise<void> {
  requireMailer(services);
  const { id: accountId, name, email } = account;
  if (email === null) return;
  const names = organizations.map((organization) => organization.name).join(', ');
  const also =
    names === ''
      ? ''
      : ` Organizations have this address too (${names}): their administrators sign in with their own accounts.`;
  await services.database.transaction((db) =>
    storeCodeMail(services, db, context, {
      accountId,
      kind: 'recovery',
      to: email,
      subject: 'Recover your account',
      text: `Somebody asked to recover the account "${name}". Follow the link to sign in and choose a new password; otherwise ignore this mail.${also}`,
    }),
  );
}

/** Throws DomainError `invalid_request` where no mail can be sent at all, whoever would get it. */
export function requireMailer({ mailer }: Services): void {
  if (mailer !== undefined) return;
  throw new DomainError('invalid_request', 'This registry sends no mail. Ask its operators.');
}

/** A mail with a link that works once. */
async function storeCodeMail(
  services: Services,
  db: Db,
  context: MailContext,
  mail: {
    readonly accountId: number;
    readonly kind: EmailCodeKind;
    readonly to: string;
    readonly subject: string;
    readonly text: string;
  },
): Promise<void> {
  const { accountId, kind, to, subject, text } = mail;
  const code = await createEmailCode(services, db, { accountId, kind, email: to });
  if (code === undefined) return;
  const page = kind === 'recovery' ? 'recovery' : 'confirm';
  await putAccountMail(services, db, context, { to, subject, text, path: `/${page}?code=${code}` });
}
