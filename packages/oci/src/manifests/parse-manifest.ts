import { type JsonObject, ownProperty, parseJsonObject } from '../json.ts';
import { manifestError } from '../json-reader.ts';
import { type ManifestKind, manifestMediaType } from '../media-types.ts';
import { detectManifestKind } from './detect-kind.ts';
import { parseOciArtifact } from './parse-artifact.ts';
import { parseOciManifest, parseSchema2 } from './parse-image.ts';
import { parseList, parseOciIndex } from './parse-index.ts';
import { parseSchema1 } from './parse-schema1.ts';
import type { ParsedManifest } from './parsed-manifest.ts';

/**
 * Reads a manifest of the type that its `Content-Type` header names (absent or `application/json`: that the
 * body names). Unknown fields are ignored. Does not look at the length; the caller bounds it. Throws
 * OciParseError `manifest_type_unsupported` (the header), else `manifest_invalid`.
 */
export function parseManifest(contentType: string | undefined, bytes: Uint8Array | string): ParsedManifest {
  const body = parseJsonObject(bytes, 'manifest_invalid', 'The manifest');
  const kind = detectManifestKind(contentType, body);
  refuseAmbiguousKeys(body);
  refuseMixedShapes(body);
  refuseWrongVersion(kind, body);
  return parsers[kind](body);
}

const parsers: Readonly<Record<ManifestKind, (body: JsonObject) => ParsedManifest>> = {
  schema1: parseSchema1,
  'schema1-signed': parseSchema1,
  schema2: parseSchema2,
  list: parseList,
  'oci-manifest': parseOciManifest,
  'oci-index': parseOciIndex,
  'oci-artifact': parseOciArtifact,
};

const structuralKeys = [
  'artifactType',
  'blobs',
  'config',
  'fsLayers',
  'history',
  'layers',
  'manifests',
  'mediaType',
  'schemaVersion',
  'signatures',
  'subject',
];
const structuralKeysByLowerCase = new Map(structuralKeys.map((key) => [key.toLowerCase(), key]));

/**
 * Clients in Go match keys without regard to case, so `Layers` beside `layers` would be another image for
 * them.
 */
function refuseAmbiguousKeys(body: JsonObject): void {
  for (const key of Object.keys(body)) {
    const expected = structuralKeysByLowerCase.get(key.toLowerCase());
    if (expected !== undefined && expected !== key)
      throw manifestError(expected, 'is spelt in another case.');
  }
}

/** A body that could be read as an image by one client and as an index by another (CVE-2021-41190). */
function refuseMixedShapes(body: JsonObject): void {
  const shapes = [['layers', 'config'], ['manifests'], ['fsLayers']].filter((keys) =>
    keys.some((key) => (ownProperty(body, key) ?? null) !== null),
  );
  if (shapes.length > 1) {
    throw manifestError('The manifest', `must not have both ${shapes[0]?.[0]} and ${shapes[1]?.[0]}.`);
  }
}

function refuseWrongVersion(kind: ManifestKind, body: JsonObject): void {
  if (kind === 'oci-artifact') return;
  const version = ownProperty(body, 'schemaVersion');
  const expected = kind === 'schema1' || kind === 'schema1-signed' ? 1 : 2;
  if (version !== expected) throw manifestError('schemaVersion', `must be ${expected}.`);
  if ((kind === 'schema2' || kind === 'list') && ownProperty(body, 'mediaType') !== manifestMediaType(kind)) {
    throw manifestError('mediaType', `must be ${manifestMediaType(kind)}.`);
  }
}
