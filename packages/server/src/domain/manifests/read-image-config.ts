import { type Descriptor, type ImageConfig, mediaTypes, OciParseError, parseImageConfig } from '@wharf/oci';
import { findBlob, readBlob } from '#/domain/blobs/index.ts';
import type { Services } from '#/domain/services.ts';
import { blobMissing, refusing } from './manifest-refused.ts';

/** Larger ones are not looked into: no labels, no history. */
const largestConfigBytes = 8 * 1024 ** 2;

/**
 * The configuration that an image manifest names, as far as it is one: undefined when it is too large, or no JSON object under an
 * OCI type, which promises less. Throws `manifest_blob_unknown`, and `manifest_invalid` for a broken one of Docker's type.
 */
export async function readImageConfig(
  services: Services,
  repositoryId: number,
  descriptor: Descriptor,
): Promise<ImageConfig | undefined> {
  const nowMs = services.clock.nowMs();
  const blob = await findBlob(services.database.read, repositoryId, descriptor.digest, nowMs);
  if (blob === undefined) throw blobMissing(descriptor.digest);
  if (blob.sizeBytes > largestConfigBytes) return undefined;
  const bytes = await readBlob(services, blob);
  if (descriptor.mediaType === mediaTypes.dockerConfig) return refusing(() => parseImageConfig(bytes));
  return findImageConfig(bytes);
}

function findImageConfig(bytes: Buffer): ImageConfig | undefined {
  try {
    return parseImageConfig(bytes);
  } catch (error) {
    if (error instanceof OciParseError) return undefined;
    throw error;
  }
}
