import {
  type Descriptor,
  type Digest,
  emptyLayerDigest,
  emptyLayerSizeBytes,
  type ImageConfig,
  isForeignLayerType,
  isImageConfigType,
  isJsonObject,
  type JsonObject,
  ownProperty,
  type ParsedManifest,
  parseJsonObject,
  type Schema1Manifest,
} from '@wharf/oci';
import { findBlobs } from '#/domain/blobs/index.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { readImageConfig } from './read-image-config.ts';

/** One step of an image's making, as people are shown it. */
export interface ImageLayer {
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** Where a foreign layer is to be had; empty for the rest. */
  readonly urls: readonly string[];
  readonly isRemote: boolean;
  readonly command: readonly string[] | undefined;
  readonly comment: string | undefined;
  readonly author: string | undefined;
  /** RFC 3339, as written. */
  readonly created: string | undefined;
}

/**
 * The layers of an image, base first, steps without a layer included (REST reference 9.15); undefined for lists and indexes. Where no
 * history explains the layers, they stand for themselves.
 */
export async function listImageLayers(
  services: Services,
  repositoryId: number,
  parsed: ParsedManifest,
): Promise<readonly ImageLayer[] | undefined> {
  switch (parsed.kind) {
    case 'list':
    case 'oci-index':
      return undefined;
    case 'schema1':
    case 'schema1-signed':
      return listSchema1Layers(services, repositoryId, parsed);
    case 'oci-artifact':
      return parsed.layers.map((layer) => describeLayer(layer));
    default:
      return joinHistory(parsed.layers, await findConfig(services, repositoryId, parsed.config));
  }
}

/** A configuration that is hidden, too large or broken explains nothing. */
async function findConfig(
  services: Services,
  repositoryId: number,
  descriptor: Descriptor,
): Promise<ImageConfig | undefined> {
  if (!isImageConfigType(descriptor.mediaType)) return undefined;
  try {
    return await readImageConfig(services, repositoryId, descriptor);
  } catch (error) {
    if (error instanceof DomainError && explainsNothing.has(error.code)) return undefined;
    throw error;
  }
}

const explainsNothing: ReadonlySet<string> = new Set(['manifest_blob_unknown', 'manifest_invalid']);

function joinHistory(layers: readonly Descriptor[], config: ImageConfig | undefined): ImageLayer[] {
  const history = config?.history ?? [];
  if (history.filter(({ emptyLayer }) => !emptyLayer).length !== layers.length) {
    return layers.map((layer) => describeLayer(layer));
  }
  const rest = layers.values();
  return history.map((step) => {
    const layer = step.emptyLayer ? undefined : rest.next().value;
    return {
      ...describeLayer(layer),
      command: step.createdBy === undefined ? undefined : [step.createdBy],
      comment: step.comment,
      author: step.author,
      created: step.created,
    };
  });
}

function describeLayer(layer: Descriptor | undefined): ImageLayer {
  return {
    digest: layer?.digest ?? emptyLayerDigest,
    sizeBytes: layer?.sizeBytes ?? emptyLayerSizeBytes,
    urls: layer?.urls ?? [],
    isRemote: layer !== undefined && isForeignLayerType(layer.mediaType),
    command: undefined,
    comment: undefined,
    author: undefined,
    created: undefined,
  };
}

/** Schema 1 states no sizes: those of the stored blobs count. */
async function listSchema1Layers(
  services: Services,
  repositoryId: number,
  { schema1Layers }: Schema1Manifest,
): Promise<ImageLayer[]> {
  const digests = [...new Set(schema1Layers.map(({ digest }) => digest))];
  const blobs = await findBlobs(services.database.read, repositoryId, digests, services.clock.nowMs());
  return schema1Layers.toReversed().map(({ digest, v1Compatibility }) => {
    const v1 = parseJsonObject(v1Compatibility, 'manifest_invalid', 'v1Compatibility');
    return {
      digest,
      sizeBytes: blobs.get(digest)?.sizeBytes ?? 0,
      urls: [],
      isRemote: false,
      command: commandOf(v1),
      comment: textOf(v1, 'comment'),
      author: textOf(v1, 'author'),
      created: textOf(v1, 'created'),
    };
  });
}

function commandOf(v1: JsonObject): string[] | undefined {
  const made = ownProperty(v1, 'container_config');
  const command = isJsonObject(made) ? ownProperty(made, 'Cmd') : undefined;
  if (!Array.isArray(command)) return undefined;
  return command.filter((part): part is string => typeof part === 'string');
}

function textOf(object: JsonObject, key: string): string | undefined {
  const value = ownProperty(object, key);
  return typeof value === 'string' ? value : undefined;
}
