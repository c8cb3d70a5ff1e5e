import type { Schema1Manifest } from '@wharf/oci';
import { DomainError } from '#/domain/errors.ts';
import type { RepositoryReference } from '#/domain/repositories/index.ts';

/**
 * A schema 1 manifest names its repository, which must be the one that it is pushed to; the namespace may be absent in the
 * library namespace (registry protocol A8.4). Throws `name_invalid`.
 */
export function checkSchema1Name(
  manifest: Schema1Manifest,
  repository: Pick<RepositoryReference, 'namespace' | 'name'>,
  libraryNamespace: string,
): void {
  const full = `${repository.namespace}/${repository.name}`;
  if (manifest.name === full) return;
  if (repository.namespace === libraryNamespace && manifest.name === repository.name) return;
  throw new DomainError('name_invalid', `The manifest names the repository ${manifest.name}, not ${full}.`, {
    detail: { name: manifest.name, expected: full },
  });
}
