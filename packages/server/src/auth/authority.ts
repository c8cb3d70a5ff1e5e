import { DomainError } from '#/domain/errors.ts';
import type { RepositoryAccess } from '#/domain/permissions/index.ts';
import type { Principal } from '#/domain/permissions/principal.ts';
import { findRepository, type RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { toDomainError } from '#/domain/to-domain-error.ts';
import { allowedActions } from './allowed-actions.ts';
import { createRecentFacts } from './recent-facts.ts';
import type { RegistryAction, RegistryTokenClaims } from './registry-token-claims.ts';
import { resolveSubject } from './resolve-subject.ts';
import { getRegistryAccess } from './restrictions.ts';
import { anonymousSubject, type Subject, subjectKey } from './subject.ts';
import { repositoryKey } from './token-grants.ts';

/** What the bearer of a registry token may do with one repository now. */
export interface RegistryAuthority {
  readonly principal: Principal;
  /** Undefined when none was named or it does not exist; then nothing is allowed. */
  readonly repository: RepositoryReference | undefined;
  readonly canPull: boolean;
  readonly canPush: boolean;
  readonly canDelete: boolean;
  readonly isAdmin: boolean;
}

export interface Authority {
  /**
   * The grants of a verified token, undefined for none, cut down to the present rights of its subject. Throws `invalid_credentials`
   * when the subject is no longer what it was, `namespace_disabled` for a token of that namespace, `repository_kind_unsupported`.
   * An outage is `database_unavailable`, never a refusal.
   */
  authorize(
    claims: RegistryTokenClaims | undefined,
    repository: { readonly namespace: string; readonly name: string } | undefined,
  ): Promise<RegistryAuthority>;
}

interface RepositoryFacts {
  readonly repository: RepositoryReference | undefined;
  readonly access: RepositoryAccess;
}

const noGrants: ReadonlySet<RegistryAction> = new Set();

/** Present rights are at most 5 s old, and current in this process after every 'authority-changed' event. */
export function createAuthority(services: Services): Authority {
  const principals = createRecentFacts<Principal>(services, () => true);
  const facts = createRecentFacts<RepositoryFacts>(services, ({ access }) => access !== 'none');

  const principalOf = (subject: Subject, key: string): Promise<Principal> =>
    principals.get(key, () => resolveSubject(services, subject));

  const authorize: Authority['authorize'] = async (claims, path) => {
    const subject = claims?.subject ?? anonymousSubject;
    const key = subjectKey(subject);
    const principal = await principalOf(subject, key);
    if (path === undefined) return nothing(principal);
    const name = repositoryKey(path);
    const { repository, access } = await facts.get(`${key} ${name}`, () =>
      loadFacts(services, principal, path),
    );
    if (repository === undefined) return nothing(principal);
    return decide(services, claims?.grants.get(name) ?? noGrants, { principal, repository, access });
  };

  return {
    async authorize(claims, path) {
      try {
        return await authorize(claims, path);
      } catch (error) {
        throw toDomainError(error) ?? error;
      }
    },
  };
}

function nothing(principal: Principal): RegistryAuthority {
  return {
    principal,
    repository: undefined,
    canPull: false,
    canPush: false,
    canDelete: false,
    isAdmin: false,
  };
}

async function loadFacts(
  services: Services,
  principal: Principal,
  path: { readonly namespace: string; readonly name: string },
): Promise<RepositoryFacts> {
  const repository = await findRepository(services.database.read, path.namespace, path.name);
  const access = repository === undefined ? 'none' : await getRegistryAccess(services, principal, repository);
  return { repository, access };
}

/** `*` includes push, push includes pull and delete (registry reference A4.4, B3). */
function decide(
  services: Services,
  grants: ReadonlySet<RegistryAction>,
  present: {
    readonly principal: Principal;
    readonly repository: RepositoryReference;
    readonly access: RepositoryAccess;
  },
): RegistryAuthority {
  const { principal, repository, access } = present;
  if (!repository.namespaceEnabled && grants.size > 0) throw namespaceDisabled(repository.namespace);
  const isPublic =
    services.settings.featureAnonymousAccess &&
    repository.visibility === 'public' &&
    repository.namespaceEnabled;
  if (isPublic && repository.kind !== 'image') throw kindUnsupported();
  const allowed = allowedActions(access, repository);
  const may = (action: RegistryAction, ...grantedBy: readonly RegistryAction[]): boolean =>
    allowed.includes(action) && grantedBy.some((grant) => grants.has(grant));
  return {
    principal,
    repository,
    canPull: isPublic || may('pull', 'pull', 'push', '*'),
    canPush: may('push', 'push', '*'),
    canDelete: may('delete', 'delete', 'push', '*'),
    isAdmin: may('*', '*'),
  };
}

/** What a client of a disabled namespace is told, whoever it is. */
export function namespaceDisabled(namespace: string): DomainError {
  return new DomainError(
    'namespace_disabled',
    `The namespace "${namespace}" is disabled. Ask the administrator of this registry to enable it.`,
  );
}

export function kindUnsupported(): DomainError {
  return new DomainError(
    'repository_kind_unsupported',
    'This repository holds applications, not container images.',
  );
}
