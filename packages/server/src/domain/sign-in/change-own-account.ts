import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Performer } from '#/domain/logs/index.ts';
import {
  type Account,
  asAlreadyExists,
  checkEmail,
  checkPassword,
  getAccount,
  lockAccount,
  type ProfileChange,
  refuseTakenEmail,
  storeEmail,
  storeName,
  storePassword,
  storeProfile,
} from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { storeChangeMail } from './mails.ts';
import type { MailContext } from './outgoing-mail.ts';
import { deletePrompt, listPrompts, type PromptKind } from './queries-prompts.ts';

export interface OwnChange {
  readonly accountId: number;
  readonly name?: string | undefined;
  /** `FEATURE_USER_RENAME`; who is asked for a name at the first sign-in may choose one all the same. */
  readonly mayRename: boolean;
  readonly email?: string | undefined;
  readonly password?: string | undefined;
  readonly profile: ProfileChange;
  /** Questions that the change answers. */
  readonly answers: readonly PromptKind[];
  readonly mail: MailContext;
  readonly performer: Performer;
}

/**
 * Changes what is given of the own account, all of it or nothing. With mailing on, a new address takes effect when the link in the mail to
 * it is followed. Throws DomainError `invalid_request`, `name_invalid`, `already_exists` (name or address), `not_found`.
 */
export async function changeOwnAccount(services: Services, input: OwnChange): Promise<Account> {
  const { email, password } = input;
  if (email !== undefined) checkEmail(email);
  if (password !== undefined) checkPassword(password);
  const passwordHash = password === undefined ? undefined : await services.passwordHasher.hash(password);
  const changed = await asAlreadyExists('The user name or the e-mail address is already in use.', () =>
    services.database.transaction((db) => storeChange(services, db, { ...input, passwordHash })),
  );
  if (input.name !== undefined || password !== undefined) {
    services.events.publish({ kind: 'authority-changed' });
  }
  return changed;
}

async function storeChange(
  services: Services,
  db: Db,
  input: OwnChange & { readonly passwordHash: string | undefined },
): Promise<Account> {
  const { accountId, performer, passwordHash } = input;
  await lockAccount(db, accountId);
  if (input.name !== undefined) await storeOwnName(services, db, input, input.name);
  if (input.email !== undefined) await storeOwnEmail(services, db, input, input.email);
  await storeProfile(services, db, { accountId, change: input.profile, performer });
  for (const kind of input.answers) await deletePrompt(db, accountId, kind);
  if (passwordHash !== undefined) await storePassword(services, db, { accountId, passwordHash, performer });
  return getAccount(db, accountId);
}

/** The present name answers the question of the first sign-in as well. */
async function storeOwnName(services: Services, db: Db, input: OwnChange, name: string): Promise<void> {
  const { accountId, mayRename, performer } = input;
  const account = await getAccount(db, accountId);
  const isAsked = (await listPrompts(db, accountId)).includes('confirm_username');
  if (name !== account.name) {
    if (!mayRename && !isAsked) {
      throw new DomainError('invalid_request', 'User names cannot be changed on this registry.');
    }
    await storeName(services, db, { accountId, name, performer });
  }
  if (isAsked) await deletePrompt(db, accountId, 'confirm_username');
}

async function storeOwnEmail(services: Services, db: Db, input: OwnChange, email: string): Promise<void> {
  const { accountId, performer, mail } = input;
  const account = await getAccount(db, accountId);
  if (email === account.email) return;
  if (services.settings.featureMailing !== true) {
    await storeEmail(services, db, { accountId, email, performer });
    return;
  }
  await refuseTakenEmail(db, email, accountId);
  await storeChangeMail(services, db, mail, { account, email });
}
