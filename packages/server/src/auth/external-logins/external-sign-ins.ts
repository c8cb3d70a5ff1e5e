import type { AuthEngine } from '#/auth/engines/define-auth-engine.ts';
import { DomainError } from '#/domain/errors.ts';
import {
  type Account,
  findAccountByFederatedLogin,
  followGroups,
  rememberLoginGroups,
} from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { attachExternalLogin, linkExternalPerson } from '#/domain/sign-in/index.ts';
import type { ExternalIdentity, ExternalLogin } from './define-external-login.ts';
import { groupsWithRights } from './group-rights.ts';
import { findTokenIssuer } from './oidc-token.ts';
import type { PendingSignInSettings } from './pending-sign-in.ts';

/** The external logins of the configuration and what they need to know of the rest. */
export interface ExternalSignIns {
  readonly logins: readonly ExternalLogin[];
  readonly pending: PendingSignInSettings;
  /** Whose directory `LOGIN_BINDING_FIELD` looks people up in. */
  readonly basic: { readonly engine: AuthEngine };
  /** `FEATURE_RECAPTCHA`: a new account needs an answer of a human. */
  readonly needsHuman: boolean;
  /** With `AUTHENTICATION_TYPE: OIDC`: id of the login that is the directory, whose names and groups count as such. */
  readonly directoryId: string | undefined;
  /** `FEATURE_TEAM_SYNCING`; off: teams that follow groups stay as they are. */
  readonly syncsTeams: boolean;
}

/** Throws DomainError `invalid_request` for an id that no login has. */
export function getExternalLogin({ logins }: Pick<ExternalSignIns, 'logins'>, id: string): ExternalLogin {
  const login = logins.find((candidate) => candidate.id === id);
  if (login !== undefined) return login;
  throw new DomainError('invalid_request', 'There is no such sign-in service on this registry.');
}

/** What became of an identity: its account, enabled or not, or `human` when a CAPTCHA must be answered before one is made. */
export type ExternalAccount = { readonly account: Account } | 'human';

/**
 * The account of somebody whom a service vouches for: linked, bound to the directory, or made. Throws DomainError `denied`, and what
 * linkExternalPerson throws.
 */
export async function resolveExternalAccount(
  services: Services,
  signIns: ExternalSignIns,
  login: ExternalLogin,
  identity: ExternalIdentity,
  options: { readonly isHuman: boolean },
): Promise<ExternalAccount> {
  const { basic } = signIns;
  const syncsTeams = signIns.syncsTeams && isDirectory(signIns, login);
  const { engine } = basic;
  const { identifier, username, email } = identity;
  const known = await findAccountByFederatedLogin(services.database.read, login.id, identifier);
  if (known === undefined) {
    if (services.settings.featureMailing === true && email === undefined) {
      throw new DomainError(
        'denied',
        `${login.title} knows no verified e-mail address of yours, and one is needed.`,
      );
    }
    const bound = await bindToDirectory(services, engine, login, identity);
    if (bound !== undefined) {
      await applyGroups(services, syncsTeams, login, identity, bound);
      return { account: bound };
    }
    if (signIns.needsHuman && !options.isHuman) return 'human';
  }
  const account = await linkExternalPerson(services, {
    service: login.id,
    identifier,
    username,
    email,
    metadata: { service_username: username },
    mayTakeSuperuserName: isDirectory(signIns, login),
  });
  await applyGroups(services, syncsTeams, login, identity, account);
  return { account };
}

/** The operator meant the names of the directory, and of no other provider beside it. */
function isDirectory({ basic, directoryId }: ExternalSignIns, login: ExternalLogin): boolean {
  return basic.engine.service === 'oidc' && login.kind === 'oidc' && login.id === directoryId;
}

/** What follows groups: rights of the login's own groups, and with `AUTHENTICATION_TYPE: OIDC` the teams. */
async function applyGroups(
  services: Services,
  syncsTeams: boolean,
  login: ExternalLogin,
  { groups }: ExternalIdentity,
  account: Account,
): Promise<void> {
  if (groups === undefined || !account.enabled || services.settings.readOnly) return;
  const withRights = groupsWithRights(login);
  if (withRights.length > 0) {
    const held = groups.filter((group) => withRights.includes(group));
    await rememberLoginGroups(services, { accountId: account.id, service: login.id, groups: held });
  }
  if (!syncsTeams) return;
  const configs = groups.map((group) => ({ group_name: group }));
  await followGroups(services, { account, service: 'oidc', configs });
}

/** `LOGIN_BINDING_FIELD`: the account of the directory's person of that value. Undefined where nothing binds. */
async function bindToDirectory(
  services: Services,
  engine: AuthEngine,
  login: ExternalLogin,
  identity: ExternalIdentity,
): Promise<Account | undefined> {
  const { people, service } = engine;
  if (login.bindingField === undefined || people === undefined || service === undefined) return undefined;
  const values = { sub: identity.identifier, username: identity.username, email: identity.email };
  const value = values[login.bindingField];
  const person = value === undefined ? undefined : await people.findPerson(value);
  if (person === undefined) {
    throw new DomainError(
      'denied',
      `The directory of this registry knows nobody whom ${login.title} could mean.`,
    );
  }
  const account = await linkExternalPerson(services, {
    service,
    identifier: person.username,
    username: person.username,
    email: person.email,
    mayTakeSuperuserName: true,
  });
  await attachExternalLogin(services, {
    account,
    service: login.id,
    identifier: identity.identifier,
    metadata: { service_username: identity.username },
  });
  return account;
}

/**
 * The account of a token of one of the services, for calls without a browser; undefined when the token is no JSON Web Token, or no service gives
 * any. Throws DomainError `invalid_credentials`, `account_disabled`, and what resolveExternalAccount throws.
 */
export async function identifyTokenHolder(
  services: Services,
  signIns: ExternalSignIns,
  token: string,
): Promise<Account | undefined> {
  const logins = signIns.logins.filter(({ identifyToken }) => identifyToken !== undefined);
  if (logins.length === 0 || (await findTokenIssuer(token)) === undefined) return undefined;
  let outage: DomainError | undefined;
  for (const login of logins) {
    try {
      const identity = await login.identifyToken?.(token);
      if (identity !== undefined) return await resolveTokenHolder(services, signIns, login, identity);
    } catch (error) {
      // A service that is away must not keep out the people of the others.
      if (!(error instanceof DomainError) || error.code !== 'external_service_failed') throw error;
      outage = error;
    }
  }
  throw (
    outage ?? new DomainError('invalid_credentials', 'The token is of no issuer that this registry trusts.')
  );
}

async function resolveTokenHolder(
  services: Services,
  signIns: ExternalSignIns,
  login: ExternalLogin,
  identity: ExternalIdentity,
): Promise<Account> {
  const found = await resolveExternalAccount(services, signIns, login, identity, { isHuman: false });
  if (found === 'human') throw new DomainError('invalid_credentials', 'Sign in with a browser first.');
  const { account } = found;
  if (!account.enabled) throw new DomainError('account_disabled', 'The account is disabled.');
  if (services.settings.featureMailing === true && !account.verified)
    throw new DomainError('account_disabled', 'The e-mail address of the account is not verified yet.');
  return account;
}
