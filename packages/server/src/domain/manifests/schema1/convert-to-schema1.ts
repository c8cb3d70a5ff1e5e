import { createHash } from 'node:crypto';
import {
  type Descriptor,
  type Digest,
  emptyLayerDigest,
  emptyLayerSizeBytes,
  type HistoryEntry,
  type ImageConfig,
  type ImageManifest,
  isForeignLayerType,
  isImageConfigType,
  isImageLayerType,
  isJsonObject,
  type JsonObject,
  ownProperty,
} from '@wharf/oci';
import type { Schema1Content, Schema1ContentLayer } from './schema1-content.ts';

export interface ConversionInput {
  readonly manifest: ImageManifest;
  readonly config: ImageConfig;
  /** Repository and tag to be named in the result. */
  readonly name: string;
  readonly tag: string;
}

/**
 * Whether the image could have a schema 1 form, judged by its manifest alone: an image's config and layers,
 * none foreign.
 */
export function isConvertibleToSchema1(manifest: ImageManifest): boolean {
  return (
    isImageConfigType(manifest.config.mediaType) &&
    manifest.layers.length > 0 &&
    manifest.layers.every(({ mediaType }) => isImageLayerType(mediaType) && !isForeignLayerType(mediaType))
  );
}

/**
 * The schema 1 form of a schema 2 or OCI image (registry protocol A9.3); undefined if it has none: no image,
 * foreign layers, or a history that does not explain its layers. The same image always gives the same ids.
 */
export function convertToSchema1({
  manifest,
  config,
  name,
  tag,
}: ConversionInput): Schema1Content | undefined {
  if (!isConvertibleToSchema1(manifest)) return undefined;
  const steps = matchSteps(manifest.layers, config);
  if (steps === undefined) return undefined;
  const running = createHash('sha256');
  const layers: Schema1ContentLayer[] = [];
  let parent: string | undefined;
  for (const [index, step] of steps.entries()) {
    running.update(`${JSON.stringify(step.raw)}|${index}|${step.digest}||`);
    const id = running.copy().digest('hex');
    const isLeaf = index === steps.length - 1;
    const v1 = describeStep(step, { id, parent }, isLeaf ? config.json : {});
    layers.push({ digest: step.digest, v1Compatibility: JSON.stringify(v1) });
    parent = id;
  }
  return { name, tag, architecture: config.architecture ?? 'amd64', layers: layers.reverse() };
}

interface Step {
  readonly history: HistoryEntry;
  /** The entry as the configuration has it. */
  readonly raw: JsonObject;
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** Real images have a few dozen; each step of the old form repeats an id and a parent, and every pull makes it anew. */
const mostSteps = 500;

/** One step per history entry, base first; where there is no history at all, one per layer. */
function matchSteps(layers: readonly Descriptor[], config: ImageConfig): Step[] | undefined {
  const history = config.history.length > 0 ? config.history : layers.map(() => unexplained(config.created));
  if (history.length > mostSteps) return undefined;
  if (history.filter(({ emptyLayer }) => !emptyLayer).length !== layers.length) return undefined;
  const raw = ownProperty(config.json, 'history');
  const rawEntries = Array.isArray(raw) ? raw.filter(isJsonObject) : [];
  const rest = layers.values();
  return history.map((entry, index): Step => {
    const layer = entry.emptyLayer ? undefined : rest.next().value;
    return {
      history: entry,
      raw: rawEntries[index] ?? {},
      digest: layer?.digest ?? emptyLayerDigest,
      sizeBytes: layer?.sizeBytes ?? emptyLayerSizeBytes,
    };
  });
}

function unexplained(created: string | undefined): HistoryEntry {
  return { created, createdBy: undefined, author: undefined, comment: undefined, emptyLayer: false };
}

/** The fields of the step, which never replace those of the configuration that the leaf carries. */
function describeStep(
  { history, sizeBytes }: Step,
  ids: { readonly id: string; readonly parent: string | undefined },
  configuration: JsonObject,
): JsonObject {
  const kept = Object.entries(configuration).filter(([key]) => key !== 'history' && key !== 'rootfs');
  const added = {
    created: history.created,
    author: history.author,
    comment: history.comment,
    throwaway: history.emptyLayer ? true : undefined,
    container_config: history.createdBy === undefined ? undefined : { Cmd: [history.createdBy] },
  };
  const missing = Object.entries(added).filter(
    ([key, value]) => value !== undefined && ownProperty(configuration, key) === undefined,
  );
  return Object.fromEntries([...kept, ...Object.entries(ids), ...missing, ['Size', sizeBytes]]);
}
