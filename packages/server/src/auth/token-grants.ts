import { parseRepositoryPath, parseScope, type RepositoryPath } from '@wharf/oci';
import type { DomainSettings } from '#/domain/services.ts';
import type { AccessEntry, RegistryAction } from './registry-token-claims.ts';

/** How grants name a repository: namespace and name in full. */
export function repositoryKey(repository: { readonly namespace: string; readonly name: string }): string {
  return `${repository.namespace}/${repository.name}`;
}

/**
 * The actions of a token by repository. Its entries name repositories as the client asked for them: the host of this registry in front
 * and a missing library namespace make no difference.
 */
export function grantsOf(
  access: readonly AccessEntry[],
  host: string,
  settings: DomainSettings,
): ReadonlyMap<string, ReadonlySet<RegistryAction>> {
  const grants = new Map<string, Set<RegistryAction>>();
  for (const { name, actions } of access) {
    const path = findPath(name, host, settings);
    if (path === undefined) continue;
    const key = repositoryKey(path);
    grants.set(key, new Set([...(grants.get(key) ?? []), ...actions]));
  }
  return grants;
}

/** Undefined for names that this registry cannot have, or no longer since its configuration changed: they grant nothing. */
function findPath(name: string, host: string, settings: DomainSettings): RepositoryPath | undefined {
  try {
    const scope = parseScope(`repository:${name}:pull`, { serverHostname: host });
    return scope.kind === 'repository'
      ? parseRepositoryPath(scope.path, repositoryPathOptions(settings))
      : undefined;
  } catch {
    return undefined;
  }
}

export function repositoryPathOptions(settings: DomainSettings): Parameters<typeof parseRepositoryPath>[1] {
  return {
    librarySupport: settings.featureLibrarySupport,
    libraryNamespace: settings.libraryNamespace,
    extendedNames: settings.featureExtendedRepositoryNames,
  };
}
