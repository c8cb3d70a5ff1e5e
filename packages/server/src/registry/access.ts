import type { RepositoryPath } from '@wharf/oci';
import type { RegistryAuthority } from '#/auth/authority.ts';
import { challengeHeader } from '#/auth/challenge.ts';
import type { RegistryTokenClaims } from '#/auth/registry-token-claims.ts';
import { DomainError, type ErrorCode } from '#/domain/errors.ts';
import type { RepositoryReference } from '#/domain/repositories/index.ts';
import type { AccessRule, RequestContext } from '#/http/route.ts';
import { couldCreateRepository } from '#/registry/could-create-repository.ts';
import { withHeaders } from '#/registry/errors.ts';
import { repositoryOf } from '#/registry/parameters.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

/** What a repository route may rely on: the repository exists and the caller may do what the rule says. */
export interface Granted extends RegistryAuthority {
  readonly repository: RepositoryReference;
}

type Bearer =
  | { readonly kind: 'none' }
  | { readonly kind: 'valid'; readonly claims: RegistryTokenClaims }
  | { readonly kind: 'invalid'; readonly error: DomainError };

/** The registry token of a request, if it has one; errors other than a bad token are thrown. */
export async function verifyBearer(services: RegistryServices, request: RequestContext): Promise<Bearer> {
  const header = request.headers.authorization;
  if (header === undefined) return { kind: 'none' };
  try {
    const claims = await services.tokens.verify(header, request.host);
    services.metrics.authentication.bearerTokens.inc({ success: 'true' });
    return { kind: 'valid', claims };
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'invalid_credentials') throw error;
    services.metrics.authentication.bearerTokens.inc({ success: 'false' });
    return { kind: 'invalid', error };
  }
}

/** Anyone may call, whatever the credentials. */
export const publicRoute: AccessRule<RegistryServices, unknown, undefined> = {
  name: 'public',
  check: async () => undefined,
};

/** Anyone with or without a token; a bad token is refused, and so is nobody where anonymous access is off. */
export const anyCaller: AccessRule<RegistryServices, unknown, RegistryAuthority> = {
  name: 'any-caller',
  async check(services, request) {
    const claims = await claimsOf(services, request, undefined);
    const granted = await authorize(services, request, claims, undefined, undefined);
    if (granted.principal.kind === 'anonymous' && !services.domain.settings.featureAnonymousAccess) {
      throw challenge(request, 'Authentication is required.', undefined);
    }
    return granted;
  },
};

type Need = 'pull' | 'push' | 'delete';

/** Order of checks: name, token, grant and present right, state of the registry (registry reference A4). */
function repositoryAccess(
  name: string,
  need: Need,
): AccessRule<RegistryServices, { readonly repository: string }, Granted> {
  return {
    name,
    async check(services, request, params) {
      const path = repositoryOf(params.repository, services.settings);
      const scope = `repository:${params.repository}:${need === 'pull' ? 'pull' : 'pull,push'}`;
      const claims = await claimsOf(services, request, scope);
      const authority = await authorize(services, request, claims, path, scope);
      const { repository } = authority;
      if (repository === undefined || !isAllowed(authority, need)) {
        // Helm looks with a token to pull before it pushes, and goes on only after a 404. Who could create the repository learns nothing by it.
        const isMissing = repository === undefined && need === 'pull';
        if (isMissing && (await couldCreateRepository(services.domain, authority.principal, path))) {
          throw new DomainError('name_unknown', 'The repository does not exist.');
        }
        const error = claims === undefined ? undefined : 'insufficient_scope';
        throw challenge(request, `${reasonOf(authority)}${knownAs(authority)}`, scope, error);
      }
      if (repository.kind !== 'image') {
        throw new DomainError(
          'repository_kind_unsupported',
          'This repository does not hold container images.',
        );
      }
      if (need !== 'pull') refuseWhileReadOnly(services);
      return { ...authority, repository };
    },
  };
}

/** Whoever may see the repository is told of a state that keeps everybody from writing; others learn nothing of it. */
function reasonOf({ repository, canPull }: RegistryAuthority): string {
  const state = canPull ? repository?.state : undefined;
  if (state === 'READ_ONLY') return 'This repository is read-only: nobody can change it.';
  if (state === 'MIRROR' || state === 'ORG_MIRROR')
    return 'This repository is a mirror: only its synchronisation changes it.';
  return 'You have no permission for this, or the repository does not exist.';
}

/** Whom the client's credentials proved: often they are others than the person thinks. */
function knownAs({ principal }: RegistryAuthority): string {
  return 'account' in principal ? ` (authorized: ${principal.account.name})` : '';
}

function isAllowed(authority: RegistryAuthority, need: Need): boolean {
  if (need === 'pull') return authority.canPull;
  return need === 'push' ? authority.canPush : authority.canDelete;
}

/** May read the repository of the path. */
export const canPull = repositoryAccess('repository-pull', 'pull');
/** May write to the repository of the path. */
export const canPush = repositoryAccess('repository-push', 'push');
/** May delete content of the repository of the path. */
export const canDelete = repositoryAccess('repository-delete', 'delete');

function refuseWhileReadOnly(services: RegistryServices): void {
  if (services.settings.readOnly) {
    throw new DomainError(
      'read_only',
      'The registry is read-only at present: pulls work, writes are suspended.',
    );
  }
  if (services.settings.pushesDisabled) {
    throw new DomainError('read_only', 'Pushes are disabled on this registry at present.');
  }
}

async function claimsOf(
  services: RegistryServices,
  request: RequestContext,
  scope: string | undefined,
): Promise<RegistryTokenClaims | undefined> {
  const bearer = await verifyBearer(services, request);
  if (bearer.kind === 'none') return undefined;
  if (bearer.kind === 'valid') return bearer.claims;
  throw challenge(request, bearer.error.message, scope, 'invalid_token');
}

/** A token whose subject is gone or changed counts as a bad one. */
async function authorize(
  services: RegistryServices,
  request: RequestContext,
  claims: RegistryTokenClaims | undefined,
  path: RepositoryPath | undefined,
  scope: string | undefined,
): Promise<RegistryAuthority> {
  try {
    return await services.authority.authorize(claims, path);
  } catch (error) {
    if (!(error instanceof DomainError) || !staleSubjectCodes.has(error.code)) throw error;
    throw challenge(request, error.message, scope, 'invalid_token');
  }
}

const staleSubjectCodes: ReadonlySet<ErrorCode> = new Set(['invalid_credentials', 'account_disabled']);

/** A 401 that tells where to get which token. */
function challenge(
  request: RequestContext,
  message: string,
  scope: string | undefined,
  error?: 'invalid_token' | 'insufficient_scope',
): DomainError {
  return withHeaders(new DomainError('unauthorized', message), {
    'www-authenticate': challengeHeader({ baseUrl: request.baseUrl, service: request.host, scope, error }),
    'docker-distribution-api-version': 'registry/2.0',
  });
}
