import { z } from 'zod';
import { formatDate } from '#/api/shapes/dates.ts';
import { imageIdOf } from '#/api/shapes/legacy-images.ts';
import { isIndexType } from '#/domain/manifests/index.ts';
import type { ListedTag } from '#/domain/tags/index.ts';

export const tagSchema = z.object({
  name: z.string(),
  reversion: z.boolean(),
  start_ts: z.number(),
  end_ts: z.number().optional(),
  manifest_digest: z.string(),
  is_manifest_list: z.boolean(),
  size: z.number(),
  docker_image_id: z.string().optional(),
  image_id: z.string().optional(),
  last_modified: z.string(),
  expiration: z.string().optional(),
});

/** A row of the history as lists show it (REST reference 9.14). */
export function tagView(tag: ListedTag): z.infer<typeof tagSchema> {
  const isIndex = isIndexType(tag.mediaType);
  const imageId = imageIdOf(tag.digest);
  return {
    name: tag.name,
    reversion: tag.isReversion,
    start_ts: Math.floor(tag.startMs / 1000),
    ...(tag.endMs === null ? {} : { end_ts: Math.floor(tag.endMs / 1000) }),
    manifest_digest: tag.digest,
    is_manifest_list: isIndex,
    size: tag.layersSizeBytes ?? 0,
    ...(isIndex ? {} : { docker_image_id: imageId, image_id: imageId }),
    last_modified: formatDate(tag.startMs),
    ...(tag.endMs === null ? {} : { expiration: formatDate(tag.endMs) }),
  };
}
