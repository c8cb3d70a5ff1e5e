import { findManifestKind, type ManifestChild, ownProperty, parseJsonObject } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { refusing } from './manifest-refused.ts';
import { findManifestBytes, type StoredManifest } from './queries.ts';

/** A schema 1 manifest names its architecture, which must be that of its platform in the list (registry protocol A8.3). */
export async function checkSchema1Children(
  db: Db,
  children: readonly ManifestChild[],
  stored: ReadonlyMap<string, StoredManifest>,
): Promise<void> {
  for (const child of children) {
    const manifest = stored.get(child.digest);
    if (manifest === undefined || !isSchema1(manifest.mediaType)) continue;
    const bytes = await findManifestBytes(db, manifest.id);
    if (bytes === undefined) continue;
    const body = refusing(() => parseJsonObject(bytes, 'manifest_invalid', 'The manifest'));
    const architecture = ownProperty(body, 'architecture');
    if (architecture === child.platform?.architecture) continue;
    throw new DomainError(
      'manifest_invalid',
      `${child.digest} is listed for another architecture than the one that it names.`,
      { detail: { digest: child.digest } },
    );
  }
}

function isSchema1(mediaType: string): boolean {
  const kind = findManifestKind(mediaType);
  return kind === 'schema1' || kind === 'schema1-signed';
}
