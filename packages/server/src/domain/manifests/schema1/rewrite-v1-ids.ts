import { createHash } from 'node:crypto';
import {
  type Digest,
  isJsonObject,
  type JsonObject,
  ownProperty,
  parseJsonObject,
  type Schema1Layer,
} from '@wharf/oci';

/**
 * Gives new ids where one stands for another blob already: docker takes an id for proof of the content. Walks
 * from the base; the first layer whose id belongs to another digest, and all above it, get a running hash as
 * id, and `parent` and `container_config.Image` follow (registry protocol A9.2). `layers` and the result are
 * leaf first; `knownDigests` maps the ids in use to their blobs.
 */
export function rewriteV1Ids(
  layers: readonly Schema1Layer[],
  knownDigests: ReadonlyMap<string, Digest>,
): Schema1Layer[] {
  const seen = new Map(knownDigests);
  const newIds = new Map<string, string>();
  const running = createHash('sha256');
  const rewritten = layers.toReversed().map((layer) => {
    running.update(`${layer.digest}@${layer.v1Compatibility}|`);
    const known = seen.get(layer.id);
    const isForeign = known !== undefined && known !== layer.digest;
    if (newIds.size === 0 && !isForeign) {
      seen.set(layer.id, layer.digest);
      return layer;
    }
    const parent = layer.parent === undefined ? undefined : (newIds.get(layer.parent) ?? layer.parent);
    const id = running.copy().digest('hex');
    const result = withIds(layer, id, parent, newIds);
    newIds.set(layer.id, id);
    return result;
  });
  return rewritten.reverse();
}

function withIds(
  layer: Schema1Layer,
  id: string,
  parent: string | undefined,
  newIds: ReadonlyMap<string, string>,
): Schema1Layer {
  const v1 = parseJsonObject(layer.v1Compatibility, 'manifest_invalid', 'v1Compatibility');
  const entries = Object.entries(v1).map(([key, value]): [string, unknown] => {
    if (key === 'id') return [key, id];
    if (key === 'parent') return [key, parent];
    if (key === 'container_config' && isJsonObject(value)) return [key, withImage(value, newIds)];
    return [key, value];
  });
  return { ...layer, id, parent, v1Compatibility: JSON.stringify(Object.fromEntries(entries)) };
}

function withImage(config: JsonObject, newIds: ReadonlyMap<string, string>): JsonObject {
  const image = ownProperty(config, 'Image');
  const newImage = typeof image === 'string' ? newIds.get(image) : undefined;
  if (newImage === undefined) return config;
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, key === 'Image' ? newImage : value]),
  );
}
