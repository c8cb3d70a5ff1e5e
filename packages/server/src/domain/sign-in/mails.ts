import { DomainError } from '#/domain/errors.ts';
import { type Account, listAdministrators } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { escapeHtml } from '#/platform/escape-html.ts';
import { createEmailCode, type EmailCodeKind } from './email-codes.ts';

/** Where links of mails lead, and what the registry calls itself. */
export interface MailContext {
  /** Scheme and host without a trailing slash. */
  readonly baseUrl: string;
  readonly registryTitle: string;
}

/** Mails the link that confirms the address of a new account; nothing when one was sent a moment ago. */
export async function sendConfirmationMail(
  services: Services,
  context: MailContext,
  account: Pick<Account, 'id' | 'name' | 'email'>,
): Promise<void> {
  if (account.email === null) return;
  await sendCodeMail(services, context, {
    accountId: account.id,
    kind: 'confirm',
    to: account.email,
    subject: 'Please confirm your e-mail address',
    text: `This address was given for the new account "${account.name}". Follow the link to confirm it.`,
  });
}

/** Mails the link that makes `email` the address of the account; the present address stays in force until then. */
export async function sendChangeMail(
  services: Services,
  context: MailContext,
  input: { readonly account: Pick<Account, 'id' | 'name'>; readonly email: string },
): Promise<void> {
  await sendCodeMail(services, context, {
    accountId: input.account.id,
    kind: 'change',
    to: input.email,
    subject: 'Please confirm your new e-mail address',
    text: `The account "${input.account.name}" is to use this address. Follow the link to confirm it.`,
  });
}

/** Mails the link with which somebody who forgot the password gets in; nothing when one was sent a moment ago. */
export async function sendRecoveryMail(
  services: Services,
  context: MailContext,
  account: Pick<Account, 'id' | 'name' | 'email'>,
): Promise<void> {
  if (account.email === null) return;
  await sendCodeMail(services, context, {
    accountId: account.id,
    kind: 'recovery',
    to: account.email,
    subject: 'Recover your account',
    text: `Somebody asked to recover the account "${account.name}". Follow the link to sign in and choose a new password; otherwise ignore this mail.`,
  });
}

/** A mail with a link that works once. */
async function sendCodeMail(
  services: Services,
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
  const code = await createEmailCode(services, { accountId, kind, email: to });
  if (code === undefined) return;
  const page = kind === 'recovery' ? 'recovery' : 'confirm';
  await sendLinkMail(services, context, { to, subject, text, path: `/${page}?code=${code}` });
}

/** Administrators of one organization who get a mail. */
const mostAdministrators = 20;

/**
 * Tells the administrators of an organization, whose address was given for recovery, that its members sign in with their own accounts;
 * nothing when that was done a moment ago.
 */
export async function sendOrganizationRecoveryMails(
  services: Services,
  context: MailContext,
  organization: Pick<Account, 'id' | 'name' | 'email'>,
): Promise<void> {
  if (organization.email === null) return;
  // Nobody learns this code: what counts is when it was made.
  const code = await createEmailCode(services, {
    accountId: organization.id,
    kind: 'recovery',
    email: organization.email,
  });
  if (code === undefined) return;
  const administrators = await listAdministrators(services.database.read, organization.id);
  const names = administrators.slice(0, mostAdministrators).map(({ name }) => name);
  for (const { email, enabled } of administrators.slice(0, mostAdministrators)) {
    if (email === null || !enabled) continue;
    await sendLinkMail(services, context, {
      to: email,
      subject: `Recovery of the organization ${organization.name}`,
      text: `Somebody asked to recover "${organization.name}". It is an organization: its administrators sign in with their own accounts (${names.join(', ')}).`,
      path: '/',
    });
  }
}

async function sendLinkMail(
  services: Services,
  context: MailContext,
  mail: { readonly to: string; readonly subject: string; readonly text: string; readonly path: string },
): Promise<void> {
  if (services.mailer === undefined) {
    throw new DomainError('invalid_request', 'This registry sends no mail. Ask its operators.');
  }
  const url = `${context.baseUrl}${mail.path}`;
  try {
    await services.mailer.send({
      to: mail.to,
      subject: `${context.registryTitle}: ${mail.subject}`,
      text: `${mail.text}\n\n${url}\n`,
      html: `<p>${escapeHtml(mail.text)}</p><p><a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p>`,
    });
  } catch (error) {
    throw new DomainError('external_service_failed', 'The mail could not be sent. Try again later.', {
      cause: error,
    });
  }
}
