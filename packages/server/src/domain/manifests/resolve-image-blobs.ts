import { type Digest, emptyLayerDigest, type ParsedManifest } from '@wharf/oci';
import type { Blob } from '#/domain/blobs/index.ts';
import { blobMissing, sizeWrong } from './manifest-refused.ts';

/**
 * Ids of the blobs that the manifest of an image or artifact keeps, in the order of their digests. All but foreign layers and the
 * shared empty layer must be visible (`manifest_blob_unknown`), the configuration with the stated size (`manifest_invalid`).
 */
export function resolveImageBlobs(
  manifest: ParsedManifest,
  visible: ReadonlyMap<string, Blob>,
): readonly number[] {
  for (const { digest } of manifest.requiredBlobs) {
    if (!visible.has(digest) && digest !== emptyLayerDigest) throw blobMissing(digest);
  }
  if (manifest.config !== undefined) {
    const { digest, sizeBytes } = manifest.config;
    const stored = visible.get(digest);
    if (stored !== undefined && stored.sizeBytes !== sizeBytes) {
      throw sizeWrong(digest, sizeBytes, stored.sizeBytes);
    }
  }
  const named = new Set<Digest>([
    ...manifest.requiredBlobs.map(({ digest }) => digest),
    ...manifest.layers.map(({ digest }) => digest),
  ]);
  return [...named].sort().flatMap((digest) => visible.get(digest)?.id ?? []);
}
