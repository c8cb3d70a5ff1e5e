import { DomainError } from '#/domain/errors.ts';
import type { Account } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { escapeHtml } from '#/platform/escape-html.ts';
import { createEmailCode } from './email-codes.ts';

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
  const code = await createEmailCode(services, { accountId: account.id, kind: 'confirm' });
  if (code === undefined || account.email === null) return;
  await sendLinkMail(services, context, {
    to: account.email,
    subject: 'Please confirm your e-mail address',
    text: `This address was given for the new account "${account.name}". Follow the link to confirm it.`,
    path: `/confirm?code=${code}`,
  });
}

/** Mails the link that makes `email` the address of the account; the present address stays in force until then. */
export async function sendChangeMail(
  services: Services,
  context: MailContext,
  input: { readonly account: Pick<Account, 'id' | 'name'>; readonly email: string },
): Promise<void> {
  const code = await createEmailCode(services, {
    accountId: input.account.id,
    kind: 'change',
    newEmail: input.email,
  });
  if (code === undefined) return;
  await sendLinkMail(services, context, {
    to: input.email,
    subject: 'Please confirm your new e-mail address',
    text: `The account "${input.account.name}" is to use this address. Follow the link to confirm it.`,
    path: `/confirm?code=${code}`,
  });
}

/** Mails the link with which somebody who forgot the password gets in; nothing when one was sent a moment ago. */
export async function sendRecoveryMail(
  services: Services,
  context: MailContext,
  account: Pick<Account, 'id' | 'name' | 'email'>,
): Promise<void> {
  const code = await createEmailCode(services, { accountId: account.id, kind: 'recovery' });
  if (code === undefined || account.email === null) return;
  await sendLinkMail(services, context, {
    to: account.email,
    subject: 'Recover your account',
    text: `Somebody asked to recover the account "${account.name}". Follow the link to sign in and choose a new password; otherwise ignore this mail.`,
    path: `/recovery?code=${code}`,
  });
}

/** Tells the administrators of an organization, whose address was given for recovery, that its members sign in with their own accounts. */
export async function sendOrganizationRecoveryMail(
  services: Services,
  context: MailContext,
  input: { readonly to: string; readonly organization: string; readonly administrators: readonly string[] },
): Promise<void> {
  await sendLinkMail(services, context, {
    to: input.to,
    subject: `Recovery of the organization ${input.organization}`,
    text: `Somebody asked to recover "${input.organization}". It is an organization: its administrators sign in with their own accounts (${input.administrators.join(', ')}).`,
    path: '/',
  });
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
