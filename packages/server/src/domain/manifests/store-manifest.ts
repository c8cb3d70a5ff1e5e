import { randomUUID } from 'node:crypto';
import type { ParsedManifest } from '@wharf/oci';
import type { Db } from '#/db/database.ts';
import type { Blob } from '#/domain/blobs/index.ts';
import { adoptBySparseIndexes } from './adopt-by-sparse-indexes.ts';
import { type IndexContent, resolveIndexContent } from './index-content.ts';
import { blobMissing } from './manifest-refused.ts';
import type { PreparedManifest } from './prepare-manifest.ts';
import {
  findStoredManifest,
  insertContentLabels,
  insertManifestBlobs,
  insertManifestChildren,
  insertManifestRow,
} from './queries.ts';
import { findHiddenBlobBelow } from './queries-blobs.ts';
import { insertMissingChildren } from './queries-sparse.ts';
import { resolveImageBlobs } from './resolve-image-blobs.ts';

export interface StoreManifestInput {
  readonly repositoryId: number;
  readonly prepared: PreparedManifest;
  /** From findManifestBlobs, in the same transaction. */
  readonly blobs: ReadonlyMap<string, Blob>;
  readonly nowMs: number;
  /** Whether children of an index may be absent (`FEATURE_SPARSE_INDEX`). */
  readonly sparseIndex: boolean;
}

/**
 * Stores a manifest with its blobs, children and labels inside the transaction `db`, or finds it stored already, and returns its
 * id (registry protocol A8.3, A8.4). The rows of the blobs and then of the repository must be locked. Throws
 * `manifest_blob_unknown` and `manifest_invalid`.
 */
export async function storeManifest(db: Db, input: StoreManifestInput): Promise<number> {
  const { repositoryId, prepared } = input;
  const existing = await findStoredManifest(db, repositoryId, prepared.digest);
  if (existing !== undefined) {
    await refuseHiddenBlobs(db, repositoryId, [existing.id]);
    return existing.id;
  }
  const content = await resolveContent(db, input);
  await refuseHiddenBlobs(db, repositoryId, content.childIds);
  const manifestId = await insertManifestRow(db, toRow(input));
  await insertManifestBlobs(db, repositoryId, manifestId, content.blobIds);
  await insertManifestChildren(db, repositoryId, manifestId, content.childIds);
  await insertMissingChildren(db, repositoryId, manifestId, content.missing);
  await insertContentLabels(
    db,
    repositoryId,
    manifestId,
    prepared.labels.map((label) => ({ ...label, uuid: randomUUID() })),
  );
  const { indexLevels } = content;
  await adoptBySparseIndexes(db, repositoryId, { digest: prepared.digest, indexLevels });
  return manifestId;
}

async function resolveContent(db: Db, input: StoreManifestInput): Promise<IndexContent> {
  const { parsed } = input.prepared;
  if (parsed.kind === 'list' || parsed.kind === 'oci-index') return resolveIndexContent(db, input, parsed);
  const blobIds = resolveImageBlobs(parsed, input.blobs);
  return { childIds: [], blobIds, missing: [], indexLevels: 0 };
}

/** What a client deleted must be uploaded again before anything that needs it comes to life. */
async function refuseHiddenBlobs(
  db: Db,
  repositoryId: number,
  manifestIds: readonly number[],
): Promise<void> {
  const hidden = await findHiddenBlobBelow(db, repositoryId, manifestIds);
  if (hidden !== undefined) throw blobMissing(hidden);
}

function toRow({
  repositoryId,
  prepared,
  blobs,
  nowMs,
}: StoreManifestInput): Parameters<typeof insertManifestRow>[1] {
  const { parsed, bytes, digest } = prepared;
  return {
    repository_id: repositoryId,
    digest,
    media_type: parsed.mediaType,
    bytes,
    size_bytes: bytes.length,
    config_media_type: parsed.config?.mediaType ?? null,
    artifact_type: parsed.artifactType ?? null,
    subject_digest: parsed.subject?.digest ?? null,
    annotations_json: parsed.subject === undefined ? null : JSON.stringify(parsed.annotations),
    layers_size_bytes: parsed.layersSizeBytes ?? sumSchema1Layers(parsed, blobs),
    created_ms: nowMs,
  };
}

/** Schema 1 states no sizes: those of the stored blobs count. Null for lists and indexes. */
function sumSchema1Layers(parsed: ParsedManifest, blobs: ReadonlyMap<string, Blob>): number | null {
  if (parsed.kind !== 'schema1' && parsed.kind !== 'schema1-signed') return null;
  return parsed.schema1Layers.reduce((sum, { digest }) => sum + (blobs.get(digest)?.sizeBytes ?? 0), 0);
}
