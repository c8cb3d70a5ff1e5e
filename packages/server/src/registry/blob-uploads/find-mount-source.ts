import type { Digest } from '@wharf/oci';
import { listRepositoriesWithBlob } from '#/domain/blobs/index.ts';
import { DomainError } from '#/domain/errors.ts';
import { getRepositoryAccess } from '#/domain/permissions/index.ts';
import type { Principal } from '#/domain/permissions/principal.ts';
import { findRepository, findRepositoryById, type RepositoryReference } from '#/domain/repositories/index.ts';
import { repositoryOf } from '#/registry/parameters.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

/** Repositories that are tried for a mount which names no source. */
const mostCandidates = 20;

/**
 * The repository to mount from, if the caller may read it now: by its own present rights, since clients ask for a token of the target alone. The one that
 * `from` names, or without a name any that holds the blob. Undefined in every other case, so that a refusal teaches nothing
 * (registry reference A7.4).
 */
export async function findMountSource(
  services: RegistryServices,
  input: { readonly principal: Principal; readonly digest: Digest; readonly from: string | undefined },
): Promise<number | undefined> {
  for (const candidate of await listCandidates(services, input.digest, input.from)) {
    if (await isReadable(services, input.principal, candidate)) return candidate.id;
  }
  return undefined;
}

async function listCandidates(
  services: RegistryServices,
  digest: Digest,
  from: string | undefined,
): Promise<RepositoryReference[]> {
  const db = services.domain.database.read;
  if (from !== undefined) {
    const path = findPath(services, from);
    const found = path && (await findRepository(db, path.namespace, path.name));
    return found === undefined ? [] : [found];
  }
  const nowMs = services.domain.clock.nowMs();
  const ids = await listRepositoriesWithBlob(db, digest, { limit: mostCandidates, nowMs });
  const found = await Promise.all(ids.map((id) => findRepositoryById(db, id)));
  return found.filter((repository) => repository !== undefined);
}

function findPath(services: RegistryServices, from: string) {
  try {
    return repositoryOf(from, services.settings);
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}

async function isReadable(
  services: RegistryServices,
  principal: Principal,
  repository: RepositoryReference,
): Promise<boolean> {
  if (!repository.namespaceEnabled || repository.kind !== 'image') return false;
  return (await getRepositoryAccess(services.domain, principal, repository)) !== 'none';
}
