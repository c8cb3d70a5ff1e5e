import type { ApiServices } from '#/api/api-services.ts';
import type { Caller } from '#/auth/sessions/identify-caller.ts';
import type { TeamRole } from '#/db/schema.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Account, findAccountById, findAccountByName } from '#/domain/namespaces/index.ts';
import {
  getNamespaceAccess,
  getRepositoryAccess,
  type NamespaceAccess,
  namespaceRanks,
  type RepositoryAccess,
  repositoryRanks,
} from '#/domain/permissions/index.ts';
import type { OauthScope, Principal } from '#/domain/permissions/principal.ts';
import { findRepository, type RepositoryReference } from '#/domain/repositories/index.ts';
import type { RequestContext } from '#/http/route.ts';

/** Who may call an operation; `check` throws DomainError or returns what the handler may rely on. */
export interface ApiAccess<Params, Granted> {
  readonly name: string;
  /** OAuth scope that it needs, as discovery names it. */
  readonly scope: OauthScope | undefined;
  check(services: ApiServices, caller: Caller, request: RequestContext, params: Params): Promise<Granted>;
}

export interface GrantedCaller {
  readonly caller: Caller;
  readonly principal: Principal;
}

/** The present account of a caller who is somebody. */
export interface GrantedAccount extends GrantedCaller {
  readonly account: Account;
}

export interface GrantedRepository extends GrantedCaller {
  readonly repository: RepositoryReference;
  /** What the caller may do with it, at least what the rule says. */
  readonly repositoryAccess: RepositoryAccess;
  /** Passed only as somebody who may read everything: secrets are not shown. */
  readonly isWatching: boolean;
}

export interface GrantedOrganization extends GrantedCaller {
  readonly organization: Account;
  readonly namespaceAccess: NamespaceAccess;
}

/** Anybody, with or without an account. */
export const anyCaller: ApiAccess<unknown, GrantedCaller> = {
  name: 'any',
  scope: undefined,
  check: async (_services, caller) => ({ caller, principal: caller.principal }),
};

/** Anybody with an account; a token of any scope will do. */
export const loggedIn: ApiAccess<unknown, GrantedAccount> = {
  name: 'login',
  scope: undefined,
  check: async (services, caller) => withAccount(services, caller),
};

/** The calling person's own account, to read. */
export const selfRead: ApiAccess<unknown, GrantedAccount> = self('self-read', ['user:read', 'user:admin']);
/** The calling person's own account, to administer. */
export const selfAdmin: ApiAccess<unknown, GrantedAccount> = self('self-admin', ['user:admin']);

function self(
  name: string,
  scopes: readonly [OauthScope, ...OauthScope[]],
): ApiAccess<unknown, GrantedAccount> {
  return {
    name,
    scope: scopes[0],
    async check(services, caller) {
      if (!holdsScope(caller, scopes)) throw refused(caller);
      return withAccount(services, caller);
    },
  };
}

type RepositoryParams = { readonly repository: string };

export const repositoryRead = repositoryRule('repository-read', 'read', 'repo:read');
export const repositoryWrite = repositoryRule('repository-write', 'write', 'repo:write');
export const repositoryAdmin = repositoryRule('repository-admin', 'admin', 'repo:admin');

/**
 * Where the caller's rights do not reach, a repository that does not exist is refused like one that does; who administers the namespace
 * is told that there is none.
 */
function repositoryRule(
  name: string,
  need: Exclude<RepositoryAccess, 'none'>,
  scope: OauthScope,
): ApiAccess<RepositoryParams, GrantedRepository> {
  return {
    name,
    scope,
    async check(services, caller, request, params) {
      const path = repositoryPath(params.repository);
      const { read } = services.domain.database;
      const repository = await findRepository(read, path.namespace, path.name);
      if (repository === undefined) {
        await refuseMissing(services, caller, path.namespace, need);
        throw new DomainError('not_found', 'Not Found');
      }
      const own = await getRepositoryAccess(services.domain, caller.principal, repository);
      const repositoryAccess = widen(services, caller, request, own);
      if (repositoryRanks[repositoryAccess] < repositoryRanks[need]) throw refused(caller);
      const isWatching = repositoryRanks[own] < repositoryRanks[need] && !hasFullAccess(services, caller);
      return { caller, principal: caller.principal, repository, repositoryAccess, isWatching };
    },
  };
}

/** Returns only for callers who would have the right if the repository existed. */
async function refuseMissing(
  services: ApiServices,
  caller: Caller,
  namespace: string,
  need: Exclude<RepositoryAccess, 'none'>,
): Promise<void> {
  if (hasFullAccess(services, caller)) return;
  const owner = await findAccountByName(services.domain.database.read, namespace);
  // Rights on a repository that nobody made yet: those of whoever administers its namespace, within the scopes of a token.
  const isOwner =
    owner !== undefined &&
    (await getNamespaceAccess(services.domain, withoutScopes(caller.principal), owner.id)) === 'admin';
  if (!isOwner || !holdsScope(caller, scopesFor(need))) throw refused(caller);
}

function scopesFor(need: Exclude<RepositoryAccess, 'none'>): readonly OauthScope[] {
  const all = ['repo:read', 'repo:write', 'repo:admin'] as const;
  return all.slice(repositoryRanks[need] - 1);
}

/** The person behind a token, with all rights. */
function withoutScopes(principal: Principal): Principal {
  if (principal.kind !== 'oauth-token') return principal;
  return { kind: 'user', account: principal.account, superuser: principal.superuser };
}

/** `namespace/name`, where the name may hold slashes. Throws `not_found` without a slash. */
export function repositoryPath(text: string): { readonly namespace: string; readonly name: string } {
  const slash = text.indexOf('/');
  if (slash < 1 || slash === text.length - 1) throw new DomainError('not_found', 'Not Found');
  return { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}

type OrganizationParams = { readonly orgname: string };

export const organizationMember = organizationRule('organization-member', 'member', 'org:admin');
export const organizationCreator = organizationRule('organization-creator', 'creator', 'repo:create');
export const organizationAdmin = organizationRule('organization-admin', 'admin', 'org:admin');

function organizationRule(
  name: string,
  need: TeamRole,
  scope: OauthScope,
): ApiAccess<OrganizationParams, GrantedOrganization> {
  return {
    name,
    scope,
    async check(services, caller, request, params) {
      const organization = await findAccountByName(services.domain.database.read, params.orgname);
      const own =
        organization?.kind === 'organization'
          ? await getNamespaceAccess(services.domain, caller.principal, organization.id)
          : 'none';
      const namespaceAccess = widen(services, caller, request, own);
      if (namespaceRanks[namespaceAccess] < namespaceRanks[need]) throw refused(caller);
      if (organization?.kind !== 'organization') throw new DomainError('not_found', 'Not Found');
      return { caller, principal: caller.principal, organization, namespaceAccess };
    },
  };
}

/** Superusers, within the scope of a token; those who may only read pass for reads. */
export const superuser: ApiAccess<unknown, GrantedAccount> = {
  name: 'superuser',
  scope: 'super:user',
  async check(services, caller, request) {
    const passes = isGlobalReader(services, caller) ? isRead(request) : isSuperuser(caller);
    if (!passes) throw refused(caller);
    return withAccount(services, caller);
  },
};

/** Superusers signed in by a browser, and no token: for what changes the registry itself, not what it holds. */
export const superuserSession: ApiAccess<unknown, GrantedAccount> = {
  name: 'superuser-session',
  scope: undefined,
  async check(services, caller, request) {
    if (caller.kind !== 'session' || !isSuperuser(caller)) throw refused(caller);
    if (isGlobalReader(services, caller) && !isRead(request)) throw refused(caller);
    return withAccount(services, caller);
  },
};

/** The caller passes superuser checks now. */
export function isSuperuser(caller: Caller): boolean {
  if (caller.kind === 'anonymous') return false;
  return caller.principal.superuser && holdsScope(caller, ['super:user']);
}

/** `GLOBAL_READONLY_SUPER_USERS`, or by the directory: may read everything and, even if a superuser too, change nothing as such. */
export function isGlobalReader({ settings }: ApiServices, caller: Caller): boolean {
  if (caller.kind === 'anonymous') return false;
  const is =
    settings.globalReadonlySuperUsers.includes(caller.principal.account.name) ||
    caller.directoryRights.globalReader;
  return is && holdsScope(caller, ['super:user']);
}

/** `FEATURE_SUPERUSERS_FULL_ACCESS`: a superuser who passes every check on repositories and organizations. */
export function hasFullAccess(services: ApiServices, caller: Caller): boolean {
  const { featureSuperusersFullAccess } = services.settings;
  return featureSuperusersFullAccess && isSuperuser(caller) && !isGlobalReader(services, caller);
}

/** Superusers with full access pass every check, global readers every check of a read. */
function widen<Access extends string>(
  services: ApiServices,
  caller: Caller,
  request: RequestContext,
  own: Access,
): Access | 'admin' {
  const everything = hasFullAccess(services, caller) || (isRead(request) && isGlobalReader(services, caller));
  return everything ? 'admin' : own;
}

function isRead(request: RequestContext): boolean {
  return request.method === 'GET' || request.method === 'HEAD';
}

/** A session, and a person's own token of an external login, hold every scope. */
export function holdsScope(caller: Caller, anyOf: readonly OauthScope[]): boolean {
  if (caller.kind === 'anonymous') return false;
  return caller.kind !== 'bearer' || caller.principal.scopes.some((scope) => anyOf.includes(scope));
}

/** 401 for nobody, 403 for somebody (REST reference 2.1). */
export function refused(caller: Caller): DomainError {
  return caller.kind === 'anonymous'
    ? new DomainError('unauthorized', 'Requires authentication.')
    : new DomainError('denied', 'Unauthorized');
}

async function withAccount(services: ApiServices, caller: Caller): Promise<GrantedAccount> {
  if (caller.kind === 'anonymous') throw refused(caller);
  const account =
    caller.kind === 'session'
      ? caller.account
      : await findAccountById(services.domain.database.read, caller.principal.account.id);
  if (account === undefined) throw new DomainError('unauthorized', 'Requires authentication.');
  return { caller, principal: caller.principal, account };
}
