import {
  guessLabelMediaType,
  type ImageConfig,
  isJsonObject,
  type LabelMediaType,
  ownProperty,
  type ParsedManifest,
  parseJsonObject,
  readLabels,
} from '@wharf/oci';

/** One label of a manifest as it was found in the pushed content. */
export interface ManifestLabel {
  readonly key: string;
  readonly value: string;
  readonly mediaType: LabelMediaType;
}

/** More are left out: no image has so many, and each costs a row. */
const mostLabels = 1000;
const longestKey = 255;

/**
 * The labels that a manifest brings along (registry protocol A12): those of the image configuration, or of the leaf's
 * `v1Compatibility`, overridden by the annotations of an OCI manifest. Lists and indexes bring none.
 */
export function collectLabels(manifest: ParsedManifest, config: ImageConfig | undefined): ManifestLabel[] {
  if (manifest.kind === 'list' || manifest.kind === 'oci-index') return [];
  const merged = { ...contentLabels(manifest, config), ...manifest.annotations };
  return Object.entries(merged)
    .filter(([key, value]) => isStorable(key, value))
    .slice(0, mostLabels)
    .map(([key, value]) => ({ key, value, mediaType: guessLabelMediaType(value) }));
}

function contentLabels(
  manifest: ParsedManifest,
  config: ImageConfig | undefined,
): Readonly<Record<string, string>> {
  if (manifest.kind !== 'schema1' && manifest.kind !== 'schema1-signed') return config?.labels ?? {};
  const leaf = manifest.schema1Layers[0];
  if (leaf === undefined) return {};
  const v1 = parseJsonObject(leaf.v1Compatibility, 'manifest_invalid', 'v1Compatibility');
  const run = ownProperty(v1, 'config');
  return isJsonObject(run) ? readLabels(run) : {};
}

/** PostgreSQL keeps no NUL in text. */
function isStorable(key: string, value: string): boolean {
  return key !== '' && key.length <= longestKey && !key.includes('\0') && !value.includes('\0');
}
