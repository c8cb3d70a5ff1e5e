import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { checkEmail } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { putAccountMail, requireMailer } from '#/domain/sign-in/index.ts';
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
 * what is no address and where no mail can be sent at all.
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
  return database.transaction(async (db) => {
    // Never asked so far: due at once.
    await insertAuthorizedEmail(db, {
      repositoryId: repository.id,
      email,
      code: randomText(codeLength),
      nowMs: 0,
    });
    const found = await findAuthorizedEmail(db, repository.id, email);
    if (found === undefined) throw new DomainError('not_found', 'Not Found');
    if (await storeAsked(db, { code: found.code, nowMs, beforeMs: nowMs - mailEveryMs })) {
      requireMailer(services);
      await putLink(services, db, { repository, email, baseUrl, code: found.code });
    }
    return found;
  });
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

/** Lets the mail go out once the transaction is committed. */
async function putLink(
  services: Services,
  db: Db,
  mail: {
    readonly repository: NotifiedRepository;
    readonly email: string;
    readonly baseUrl: string;
    readonly code: string;
  },
): Promise<void> {
  const { secretBox, settings } = services;
  const name = `${mail.repository.namespace}/${mail.repository.name}`;
  const sealed = Buffer.from(secretBox.encrypt(sealedPrefix + mail.code)).toString('base64url');
  const registryTitle = settings.notifications?.registryTitle ?? 'Wharf';
  await putAccountMail(
    services,
    db,
    { baseUrl: mail.baseUrl, registryTitle },
    {
      to: mail.email,
      subject: `notifications about ${name}`,
      text: `Somebody wants to send notifications about the repository ${name} to this address. If you agree, open the link; otherwise do nothing.`,
      path: `/authrepoemail?code=${sealed}`,
    },
  );
}
