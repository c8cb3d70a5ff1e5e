import { type Digest, findDigest } from '@wharf/oci';
import { z } from 'zod';
import { formatDate } from '#/api/shapes/dates.ts';

/** Images as old clients know them; all but their id is a placeholder since images are manifests (REST reference 9.17). */
export const legacyImageSchema = z.object({
  id: z.string(),
  created: z.string().nullable(),
  comment: z.string(),
  command: z.array(z.string()).nullable(),
  size: z.number(),
  uploading: z.boolean(),
  sort_index: z.number(),
  ancestors: z.string(),
});

export function legacyImage(image: {
  readonly digest: Digest;
  readonly createdMs: number | null;
  readonly layersSizeBytes: number | null;
}): z.infer<typeof legacyImageSchema> {
  return {
    id: imageIdOf(image.digest),
    created: formatDate(image.createdMs),
    comment: '',
    command: null,
    size: image.layersSizeBytes ?? 0,
    uploading: false,
    sort_index: 0,
    ancestors: '//',
  };
}

/** Old clients know an image by hex digits alone: those of its manifest. */
export function imageIdOf(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** The manifest that an image id stands for; undefined for text that is none. */
export function findImageDigest(id: string): Digest | undefined {
  return findDigest(`sha256:${id}`) ?? findDigest(`sha512:${id}`);
}
