import { type Db, UniqueViolationError } from '#/db/database.ts';
import type { NewRow } from '#/db/schema.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Performer } from '#/domain/logs/index.ts';
import {
  type Account,
  changeEmail,
  findAccountByEmail,
  findAccountByFederatedLogin,
  findAccountsByNames,
  findInvitedEmail,
  insertFederatedLogin,
  prepareUser,
  storeUser,
} from '#/domain/namespaces/index.ts';
import type { DomainSettings, Services } from '#/domain/services.ts';
import { insertPrompt } from './queries-prompts.ts';
import { refuseEmailDomain } from './sign-up.ts';
import { suggestAccountNames } from './suggest-account-names.ts';

/** Somebody whose identity another system vouches for. */
export interface ExternalPerson {
  /** `ldap`, `jwtauthn`, `keystone`, `oidc`, or the id of an external login. */
  readonly service: string;
  /** What the service calls the person for ever. */
  readonly identifier: string;
  /** The wish for a name here. */
  readonly username: string;
  /** Verified by the service. */
  readonly email: string | undefined;
  /** Kept with the link; no secrets. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /**
   * False: a new account never gets a name to which the configuration gives rights, such as one of `SUPER_USERS`, since people choose their own names at the service. True for the directory of
   * `AUTHENTICATION_TYPE`, whose names the operator meant.
   */
  readonly mayTakeSuperuserName: boolean;
}

/** Two nodes may make the account at the same time: the later one then finds it. */
const mostAttempts = 5;

/**
 * The account of the person, made at the first sign-in; a changed address is copied. An account that merely has the same name or
 * address is never taken over. Throws DomainError `denied` when accounts may not be made, `invalid_request` and `already_exists` about the
 * address.
 */
export async function linkExternalPerson(
  services: Services,
  person: ExternalPerson,
  performer?: Performer,
): Promise<Account> {
  for (let attempt = 1; ; attempt += 1) {
    const { read } = services.database;
    const account = await findAccountByFederatedLogin(read, person.service, person.identifier);
    if (account !== undefined) return copyEmail(services, account, person);
    const row = await prepareLinkedAccount(services, person);
    try {
      return await storeLinkedAccount(services, row, person, performer);
    } catch (error) {
      if (attempt === mostAttempts || !wasOvertaken(error)) throw error;
    }
  }
}

function wasOvertaken(error: unknown): boolean {
  return (
    error instanceof UniqueViolationError || (error instanceof DomainError && error.code === 'already_exists')
  );
}

async function copyEmail(services: Services, account: Account, person: ExternalPerson): Promise<Account> {
  if (person.email === undefined || person.email === account.email) return account;
  if (services.settings.readOnly) return account;
  try {
    return await changeEmail(services, { accountId: account.id, email: person.email });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    // Somebody else has the address here: no reason to keep this person out.
    services.logger.warn(
      { account: account.name, service: person.service },
      'the changed e-mail address is not taken over: another account has it, or it is not valid',
    );
    return account;
  }
}

async function prepareLinkedAccount(services: Services, person: ExternalPerson): Promise<NewRow<'accounts'>> {
  const { read } = services.database;
  if (services.settings.readOnly) {
    throw new DomainError('read_only', 'This registry is read-only at present: no account can be made.');
  }
  await refuseByRules(services, person);
  if (person.email !== undefined && (await findAccountByEmail(read, person.email)) !== undefined) {
    throw new DomainError(
      'already_exists',
      'An account with your e-mail address exists here already. Sign in to it and attach this login in its settings, or ask an administrator.',
    );
  }
  const name = await freeName(services, read, person);
  return prepareUser(services, { name, email: person.email });
}

async function storeLinkedAccount(
  services: Services,
  row: NewRow<'accounts'>,
  person: ExternalPerson,
  performer: Performer | undefined,
): Promise<Account> {
  const rules = services.settings.externalAccounts;
  return services.database.transaction(async (db) => {
    const account = await storeUser(services, db, row, performer);
    await insertFederatedLogin(db, account.id, {
      service: person.service,
      serviceIdentifier: person.identifier,
      metadata: person.metadata,
    });
    if (rules?.confirmsUsername) await insertPrompt(db, account.id, 'confirm_username');
    if (rules?.asksForMetadata) {
      await insertPrompt(db, account.id, 'enter_name');
      await insertPrompt(db, account.id, 'enter_company');
    }
    return account;
  });
}

async function refuseByRules(services: Services, person: ExternalPerson): Promise<void> {
  const rules = services.settings.externalAccounts;
  if (rules === undefined) return;
  if (!rules.allowed) {
    throw new DomainError('denied', 'New accounts are not made here. Ask an administrator for one.');
  }
  if (person.email !== undefined) refuseEmailDomain(rules.refusedEmailDomains, person.email);
  if (!rules.onlyInvited) return;
  const invited =
    person.email !== undefined && (await findInvitedEmail(services.database.read, person.email));
  if (!invited) {
    throw new DomainError('denied', 'New accounts need an invitation to a team, mailed to your address.');
  }
}

async function freeName(services: Services, db: Db, person: ExternalPerson): Promise<string> {
  const names = suggestAccountNames(person.username);
  const taken = new Set((await findAccountsByNames(db, names)).map(({ name }) => name));
  if (!person.mayTakeSuperuserName) for (const name of namesWithRights(services.settings)) taken.add(name);
  const free = names.find((name) => !taken.has(name));
  if (free !== undefined) return free;
  throw new DomainError('already_exists', 'No free name like yours is left here. Ask an administrator.');
}

function namesWithRights({ superUsers, globalReaders, restrictedUsers }: DomainSettings): readonly string[] {
  return [...superUsers, ...(globalReaders ?? []), ...(restrictedUsers?.exceptions ?? [])];
}
