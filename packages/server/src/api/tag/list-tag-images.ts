import { findTagName } from '@wharf/oci';
import { z } from 'zod';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { imageRead } from '#/api/image-access.ts';
import { legacyImage, legacyImageSchema } from '#/api/shapes/legacy-images.ts';
import { booleanQuery } from '#/api/shapes/queries.ts';
import { DomainError } from '#/domain/errors.ts';
import { isIndexType } from '#/domain/manifests/index.ts';
import { listTagHistory } from '#/domain/tags/index.ts';

/** The image of a tag, for old clients (REST reference 9.14); none for an index. */
export const listTagImages = apiRoute({
  operationId: 'listTagImages',
  method: 'GET',
  path: '/repository/:repository/tag/:tag/images',
  group: 'tag',
  resource: 'endpoints.api.tag.RepositoryTagImages',
  summary: 'Lists the images of a tag.',
  status: 200,
  access: imageRead,
  request: {
    params: z.object({ repository: z.string(), tag: z.string() }),
    // What a tag shares with others is not told apart any more: no image has a parent.
    query: z.object({ owned: booleanQuery(false) }),
    body: noBody,
  },
  response: z.object({ images: z.array(legacyImageSchema) }),
  async handle({ params, granted: { repository } }, { domain }) {
    const name = findTagName(params.tag);
    const [tag] =
      name === undefined
        ? []
        : await listTagHistory(domain.database.read, {
            repositoryId: repository.id,
            onlyAlive: true,
            nowMs: domain.clock.nowMs(),
            names: { is: name },
            limit: 1,
          });
    if (tag === undefined) throw new DomainError('not_found', 'Not Found');
    return { images: isIndexType(tag.mediaType) ? [] : [legacyImage({ ...tag, createdMs: null })] };
  },
});
