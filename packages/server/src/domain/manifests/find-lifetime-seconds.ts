import {
  expiresAfterLabel,
  findExpiresAfterSeconds,
  type ManifestChild,
  type ParsedManifest,
} from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import { isIndexType } from './is-index-type.ts';
import { findStoredManifests, listChildren, listLabelsWithKey } from './queries.ts';

/**
 * Seconds after which a tag of the stored manifest ends: by its label `quay.expires-after`, for a list or index by the value that
 * all images below it share (registry protocol A12.4, A12.6). Undefined without a valid value.
 */
export async function findLifetimeSeconds(
  db: Db,
  stored: { readonly repositoryId: number; readonly manifestId: number; readonly parsed: ParsedManifest },
): Promise<number | undefined> {
  const { kind, children } = stored.parsed;
  const images =
    kind === 'list' || kind === 'oci-index'
      ? await listImagesBelow(db, stored.repositoryId, children)
      : [stored.manifestId];
  const labels = await listLabelsWithKey(db, images, expiresAfterLabel);
  const labelled = new Set(labels.map(({ manifestId }) => manifestId));
  const values = new Set(labels.map(({ value }) => value));
  const [value] = values;
  if (value === undefined || values.size > 1 || labelled.size < images.length) return undefined;
  return findExpiresAfterSeconds(value);
}

async function listImagesBelow(
  db: Db,
  repositoryId: number,
  children: readonly ManifestChild[],
): Promise<number[]> {
  const counted = children.filter((child) => !isAttestation(child)).map(({ digest }) => digest);
  const stored = await findStoredManifests(db, repositoryId, [...new Set(counted)]);
  const images = new Set<number>();
  let level = new Set<number>();
  for (const { id, mediaType } of stored.values()) (isIndexType(mediaType) ? level : images).add(id);
  while (level.size > 0) {
    const below = await listChildren(db, [...level]);
    level = new Set();
    for (const { childId, mediaType } of below) (isIndexType(mediaType) ? level : images).add(childId);
  }
  return [...images];
}

/** What BuildKit adds beside each image: it has no labels, and would take the effect of those of the image. */
function isAttestation({ annotations }: ManifestChild): boolean {
  return Object.hasOwn(annotations, 'vnd.docker.reference.type');
}
