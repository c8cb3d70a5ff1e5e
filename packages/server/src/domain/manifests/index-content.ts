import { type Digest, findManifestKind, type IndexManifest, type ManifestChild } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { checkSchema1Children } from './check-schema1-children.ts';
import { isIndexType } from './is-index-type.ts';
import { childMissing, sizeWrong } from './manifest-refused.ts';
import { findStoredManifests, listChildren, type StoredManifest } from './queries.ts';
import type { StoreManifestInput } from './store-manifest.ts';

/** What a manifest keeps: blobs, in the order of their digests, and other manifests. */
export interface IndexContent {
  readonly blobIds: readonly number[];
  readonly childIds: readonly number[];
  /** Manifests that are listed and not there. */
  readonly missing: readonly Digest[];
  /** How many indexes lie one in another, this one included; 0 of an image. */
  readonly indexLevels: number;
}

/** How many indexes may lie one in another, the pushed one included. */
export const deepestIndex = 8;

/**
 * Finds the entries of a list or index: manifests of the repository or, where their media type names no manifest, blobs, with
 * the stated size. Throws `manifest_invalid` for what is missing (unless the index may be sparse), has another size, or is
 * nested more than `deepestIndex` deep.
 */
export async function resolveIndexContent(
  db: Db,
  input: StoreManifestInput,
  index: IndexManifest,
): Promise<IndexContent> {
  const stored = await findStoredManifests(db, input.repositoryId, [
    ...new Set(index.children.map(({ digest }) => digest)),
  ]);
  const children = new Map<string, StoredManifest>();
  const blobs = new Map<string, number>();
  const missing = new Set<Digest>();
  for (const child of index.children) {
    const manifest = stored.get(child.digest);
    const blob = input.blobs.get(child.digest);
    if (manifest !== undefined) {
      checkSize(child, manifest);
      children.set(child.digest, manifest);
    } else if (blob !== undefined) {
      checkSize(child, blob);
      blobs.set(child.digest, blob.id);
    } else if (input.sparseIndex && findManifestKind(child.mediaType) !== undefined) {
      missing.add(child.digest);
    } else {
      throw childMissing(child.digest);
    }
  }
  await checkSchema1Children(db, index.children, children);
  return {
    blobIds: [...blobs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, id]) => id),
    childIds: [...children.values()].map(({ id }) => id),
    missing: [...missing],
    indexLevels: await countIndexLevels(db, [...children.values()]),
  };
}

/** A list states the size of a signed schema 1 manifest without its signatures. */
function checkSize(
  child: ManifestChild,
  stored: { readonly sizeBytes: number; readonly mediaType?: string },
): void {
  if (stored.mediaType !== undefined && findManifestKind(stored.mediaType) === 'schema1-signed') return;
  if (stored.sizeBytes !== child.sizeBytes) throw sizeWrong(child.digest, child.sizeBytes, stored.sizeBytes);
}

/** A cycle would need a digest that contains itself; only depth has to be bounded. */
async function countIndexLevels(db: Db, children: readonly StoredManifest[]): Promise<number> {
  let levels = 1;
  let level = new Set(children.filter(({ mediaType }) => isIndexType(mediaType)).map(({ id }) => id));
  while (level.size > 0) {
    levels += 1;
    if (levels > deepestIndex) throw nestedTooDeep();
    const below = await listChildren(db, [...level]);
    level = new Set(below.filter(({ mediaType }) => isIndexType(mediaType)).map(({ childId }) => childId));
  }
  return levels;
}

/** The refusal of an index that is one too many. */
export function nestedTooDeep(): DomainError {
  return new DomainError('manifest_invalid', `Indexes may be nested at most ${deepestIndex} deep.`);
}
