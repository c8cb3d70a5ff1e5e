import { z } from 'zod';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { imageRead } from '#/api/image-access.ts';
import { findImageDigest, legacyImage, legacyImageSchema } from '#/api/shapes/legacy-images.ts';
import { DomainError } from '#/domain/errors.ts';
import { isIndexType, lookUpManifest, parseStoredManifest } from '#/domain/manifests/index.ts';
import { type ListedTag, listAliveTags } from '#/domain/tags/index.ts';

/** More tags are not looked at: old clients know no pages here. */
const mostTags = 500;

/** The images that tags point at, for old clients (REST reference 9.17). */
export const listRepositoryImages = apiRoute({
  operationId: 'listRepositoryImages',
  method: 'GET',
  path: '/repository/:repository/image/',
  group: 'image',
  resource: 'endpoints.api.image.RepositoryImageList',
  summary: 'Lists the images of a repository.',
  status: 200,
  access: imageRead,
  request: { params: z.object({ repository: z.string() }), query: z.unknown(), body: noBody },
  response: z.object({
    images: z.array(legacyImageSchema.extend({ tags: z.array(z.string()) })),
  }),
  async handle({ granted: { repository } }, { domain }) {
    const tags = await listAliveTags(domain.database.read, {
      repositoryId: repository.id,
      nowMs: domain.clock.nowMs(),
      limit: mostTags,
    });
    const byDigest = new Map<string, { readonly first: ListedTag; readonly names: string[] }>();
    for (const tag of tags) {
      if (isIndexType(tag.mediaType)) continue;
      const known = byDigest.get(tag.digest);
      if (known === undefined) byDigest.set(tag.digest, { first: tag, names: [tag.name] });
      else known.names.push(tag.name);
    }
    const images = [...byDigest.values()].map(({ first, names }) => ({
      ...legacyImage({ ...first, createdMs: null }),
      tags: names,
    }));
    return { images };
  },
});

/** One image (REST reference 9.17). */
export const getImage = apiRoute({
  operationId: 'getImage',
  method: 'GET',
  path: '/repository/:repository/image/:image_id',
  group: 'image',
  resource: 'endpoints.api.image.RepositoryImage',
  summary: 'Shows an image.',
  status: 200,
  access: imageRead,
  request: {
    params: z.object({ repository: z.string(), image_id: z.string() }),
    query: z.unknown(),
    body: noBody,
  },
  response: legacyImageSchema.extend({ history: z.array(legacyImageSchema) }),
  async handle({ params, granted: { repository } }, { domain }) {
    const digest = findImageDigest(params.image_id);
    if (digest === undefined) throw new DomainError('not_found', 'Not Found');
    const stored = await lookUpManifest(domain, repository.id, { digest });
    if (isIndexType(stored.mediaType)) throw new DomainError('not_found', 'Not Found');
    const { layersSizeBytes = null } = await parseStoredManifest(domain, stored);
    return { ...legacyImage({ digest, createdMs: null, layersSizeBytes }), history: [] };
  },
});
