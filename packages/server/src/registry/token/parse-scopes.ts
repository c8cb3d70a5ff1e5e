import { OciParseError, parseRepositoryPath, parseScope, type RepositoryPath, splitScopes } from '@wharf/oci';
import type { RegistryAction } from '#/auth/registry-token-claims.ts';
import { repositoryPathOptions } from '#/auth/token-grants.ts';
import { DomainError } from '#/domain/errors.ts';
import type { DomainSettings } from '#/domain/services.ts';

/** What a client asks for on one repository. */
export interface RequestedScope {
  /** As the client wrote it; the token repeats it. */
  readonly requestedName: string;
  readonly path: RepositoryPath;
  readonly actions: ReadonlySet<RegistryAction>;
}

/** Each scope costs queries and room in the token. */
const mostScopes = 100;

/**
 * The repositories of all `scope` parameters, each once, in the order of their first mention; resources without grants here are left out
 * (registry reference B3). `host` is this registry's. Throws `invalid_request` and `name_invalid`.
 */
export function parseScopes(
  parameters: readonly string[],
  host: string,
  settings: DomainSettings,
): readonly RequestedScope[] {
  const texts = splitScopes(parameters);
  if (texts.length > mostScopes) {
    throw new DomainError('invalid_request', `A token can have at most ${mostScopes} scopes.`);
  }
  const scopes = new Map<string, RequestedScope>();
  for (const text of texts) {
    const scope = parseRequested(text, host, settings);
    if (scope === undefined) continue;
    const before = scopes.get(scope.requestedName)?.actions ?? [];
    scopes.set(scope.requestedName, { ...scope, actions: new Set([...before, ...scope.actions]) });
  }
  return [...scopes.values()];
}

function parseRequested(text: string, host: string, settings: DomainSettings): RequestedScope | undefined {
  try {
    const scope = parseScope(text, { serverHostname: host });
    if (scope.kind === 'ignored') return undefined;
    const path = parseRepositoryPath(scope.path, repositoryPathOptions(settings));
    return { requestedName: scope.requestedName, path, actions: scope.actions };
  } catch (error) {
    if (!(error instanceof OciParseError)) throw error;
    const code = error.reason === 'scope_invalid' ? 'invalid_request' : 'name_invalid';
    throw new DomainError(code, error.message, { cause: error });
  }
}
