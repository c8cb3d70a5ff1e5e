import { findDigest } from '@wharf/oci';
import { z } from 'zod';
import { apiRoute, noBody } from '#/api/api-route.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { imageRead } from '#/api/image-access.ts';
import { formatDate } from '#/api/shapes/dates.ts';
import { legacyImage, legacyImageSchema } from '#/api/shapes/legacy-images.ts';
import { DomainError } from '#/domain/errors.ts';
import {
  getManifestBytes,
  type ImageLayer,
  isIndexType,
  listImageLayers,
  lookUpManifest,
  parseStoredManifest,
  type StoredManifest,
} from '#/domain/manifests/index.ts';

const layerSchema = z.object({
  index: z.number(),
  compressed_size: z.number(),
  is_remote: z.boolean(),
  urls: z.array(z.string()).nullable(),
  command: z.array(z.string()).nullable(),
  comment: z.string().nullable(),
  author: z.string().nullable(),
  blob_digest: z.string(),
  created_datetime: z.string().nullable(),
});

/** A manifest with the layers of its image (REST reference 9.15). */
export const getRepoManifest = apiRoute({
  operationId: 'getRepoManifest',
  method: 'GET',
  path: '/repository/:repository/manifest/:manifestref',
  group: 'manifest',
  resource: 'endpoints.api.manifest.RepositoryManifest',
  summary: 'Shows a manifest.',
  status: 200,
  access: imageRead,
  request: {
    params: z.object({ repository: z.string(), manifestref: z.string() }),
    query: z.unknown(),
    body: noBody,
  },
  response: z.object({
    digest: z.string(),
    is_manifest_list: z.boolean(),
    manifest_data: z.string(),
    config_media_type: z.string().nullable(),
    layers: z.array(layerSchema).nullable(),
    layers_compressed_size: z.number(),
    image: legacyImageSchema.extend({ history: z.array(legacyImageSchema) }).nullable(),
  }),
  async handle({ params, granted: { repository } }, services) {
    const { domain } = services;
    const stored = await getHeldManifest(services, repository.id, params.manifestref);
    const parsed = await parseStoredManifest(domain, stored);
    const layers = await listImageLayers(domain, repository.id, parsed);
    const isIndex = isIndexType(stored.mediaType);
    const sizeBytes = parsed.layersSizeBytes ?? layers?.reduce((sum, layer) => sum + layer.sizeBytes, 0) ?? 0;
    const image = { digest: stored.digest, createdMs: null, layersSizeBytes: sizeBytes };
    return {
      digest: stored.digest,
      is_manifest_list: isIndex,
      manifest_data: (await getManifestBytes(domain, stored)).toString('utf8'),
      config_media_type: parsed.config?.mediaType ?? null,
      layers: layers?.map(layerView) ?? null,
      layers_compressed_size: sizeBytes,
      image: isIndex ? null : { ...legacyImage(image), history: [] },
    };
  },
});

/** By digest only; one that nobody can pull is unknown. */
export async function getHeldManifest(
  { domain }: ApiServices,
  repositoryId: number,
  reference: string,
): Promise<StoredManifest> {
  const digest = findDigest(reference);
  if (digest === undefined) throw new DomainError('not_found', 'Not Found');
  return lookUpManifest(domain, repositoryId, { digest });
}

function layerView(layer: ImageLayer, index: number): z.infer<typeof layerSchema> {
  return {
    index,
    compressed_size: layer.sizeBytes,
    is_remote: layer.isRemote,
    urls: layer.urls.length === 0 ? null : [...layer.urls],
    command: layer.command === undefined ? null : [...layer.command],
    comment: layer.comment ?? null,
    author: layer.author ?? null,
    blob_digest: layer.digest,
    created_datetime: createdDate(layer.created),
  };
}

/** Clients write what they like there: what is no date is none. */
function createdDate(text: string | undefined): string | null {
  const ms = Date.parse(text ?? '');
  return Number.isNaN(ms) ? null : formatDate(ms);
}
