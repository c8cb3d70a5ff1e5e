import { DomainError } from '#/domain/errors.ts';
import { checkEmail } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { escapeHtml } from '#/platform/escape-html.ts';
import { MailNotSentError } from '#/platform/mailer.ts';
import { randomText } from '#/platform/random-text.ts';
import type { NotifiedRepository } from './methods/define-notification-method.ts';
import {
  type AuthorizedEmail,
  confirmCode,
  findAuthorizedEmail,
  insertAuthorizedEmail,
  storeAsked,
} from './queries-emails.ts';

const codeLength = 32;
/** An address gets at most one such mail of a repository in this time. */
const mailEveryMs = 60_000;
/** What a sealed code starts with, so that no other sealed text passes for one. */
const sealedPrefix = 'authorize-email ';

/**
 * Asks the reader of an address whether mails about a repository may go there, unless that is settled. Throws DomainError `invalid_request` for
 * what is no address and when the mail could not be sent.
 */
export async function authorizeEmail(
  services: Services,
  input: {
    readonly repository: NotifiedRepository;
    readonly email: string;
    /** Scheme and host of the link. */
    readonly baseUrl: string;
  },
): Promise<AuthorizedEmail> {
  const { database, clock } = services;
  const { repository, email, baseUrl } = input;
  checkEmail(email);
  const nowMs = clock.nowMs();
  const { record, isDue } = await database.transaction(async (db) => {
    // Never asked so far: due at once.
    await insertAuthorizedEmail(db, {
      repositoryId: repository.id,
      email,
      code: randomText(codeLength),
      nowMs: 0,
    });
    const found = await findAuthorizedEmail(db, repository.id, email);
    if (found === undefined) throw new DomainError('not_found', 'Not Found');
    const due = await storeAsked(db, { code: found.code, nowMs, beforeMs: nowMs - mailEveryMs });
    return { record: found, isDue: due };
  });
  if (!isDue) return record;
  try {
    await sendLink(services, { repository, email, baseUrl, code: record.code });
  } catch (error) {
    // The next call may ask again at once.
    await database.transaction((db) => storeAsked(db, { code: record.code, nowMs: 0, beforeMs: nowMs }));
    throw error;
  }
  return record;
}

/** Confirms an address by the code of its mail. Throws DomainError `invalid_request` for any other. */
export async function confirmAuthorizedEmail(
  { database, secretBox }: Services,
  sealedCode: string,
): Promise<{ readonly email: string; readonly namespace: string; readonly name: string }> {
  const code = openCode({ secretBox }, sealedCode);
  const confirmed =
    code === undefined ? undefined : await database.transaction((db) => confirmCode(db, code));
  if (confirmed === undefined)
    throw new DomainError('invalid_request', 'This link is not valid. Ask for a new mail.');
  return confirmed;
}

/** The code is shown to the repository's administrators; the link holds it sealed, so that only the reader of the mail can use it. */
function openCode({ secretBox }: Pick<Services, 'secretBox'>, sealedCode: string): string | undefined {
  try {
    const clear = secretBox.decrypt(Buffer.from(sealedCode, 'base64url').toString('utf8'));
    return clear.startsWith(sealedPrefix) ? clear.slice(sealedPrefix.length) : undefined;
  } catch {
    return undefined;
  }
}

async function sendLink(
  { mailer, secretBox, settings }: Services,
  mail: {
    readonly repository: NotifiedRepository;
    readonly email: string;
    readonly baseUrl: string;
    readonly code: string;
  },
): Promise<void> {
  if (mailer === undefined) throw new DomainError('invalid_request', 'This registry sends no mail.');
  const name = `${mail.repository.namespace}/${mail.repository.name}`;
  const sealed = Buffer.from(secretBox.encrypt(sealedPrefix + mail.code)).toString('base64url');
  const url = `${mail.baseUrl}/authrepoemail?code=${sealed}`;
  const text = `Somebody wants to send notifications about the repository ${name} to this address. If you agree, open the link; otherwise do nothing.`;
  const title = settings.notifications?.registryTitle ?? 'Wharf';
  try {
    await mailer.send({
      to: mail.email,
      subject: `${title}: notifications about ${name}`,
      text: `${text}\n\n${url}\n`,
      html: `<p>${escapeHtml(text)}</p><p><a href="${escapeHtml(url)}">${escapeHtml(url)}</a></p>`,
    });
  } catch (cause) {
    if (!(cause instanceof MailNotSentError)) throw cause;
    throw new DomainError('invalid_request', 'The mail could not be sent. Try again later.', { cause });
  }
}
