import type { Digest } from '../brands.ts';
import type { Descriptor } from '../descriptor.ts';
import { manifestError } from '../json-reader.ts';
import { isForeignLayerType } from '../media-types.ts';
import type { RequiredBlob } from './parsed-manifest.ts';

/** Each digest once, foreign layers left out; throws OciParseError if one digest is given two sizes. */
export function collectRequiredBlobs(descriptors: readonly Descriptor[]): RequiredBlob[] {
  const blobs = new Map<Digest, RequiredBlob>();
  for (const { digest, sizeBytes, mediaType } of descriptors) {
    if (isForeignLayerType(mediaType)) continue;
    const known = blobs.get(digest);
    if (known !== undefined && known.sizeBytes !== sizeBytes) {
      throw manifestError('layers', `${digest} is listed with two different sizes.`);
    }
    blobs.set(digest, { digest, sizeBytes });
  }
  return [...blobs.values()];
}

/** Sum in bytes; throws OciParseError if no such store can exist. */
export function sumSizes(layers: readonly Descriptor[]): number {
  const total = layers.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  if (!Number.isSafeInteger(total))
    throw manifestError('layers', 'the sizes add up to more than is possible.');
  return total;
}
