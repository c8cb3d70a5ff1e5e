import type { TagName } from '../brands.ts';
import { type JsonObject, ownProperty, parseJsonObject } from '../json.ts';
import { findString, manifestError, readDigest, readObjects, readString } from '../json-reader.ts';
import { manifestMediaType } from '../media-types.ts';
import { findTagName } from '../names.ts';
import type { RequiredBlob, Schema1Layer, Schema1Manifest } from './parsed-manifest.ts';

/** Docker schema 1, signed if the body has signatures (which are not verified here). */
export function parseSchema1(body: JsonObject): Schema1Manifest {
  const kind = hasSignatures(body) ? 'schema1-signed' : 'schema1';
  const schema1Layers = readLayers(body);
  const digests = new Set(schema1Layers.map(({ digest }) => digest));
  return {
    kind,
    mediaType: manifestMediaType(kind),
    name: readString(body, 'name', 'name'),
    tag: readTag(body),
    architecture: findString(body, 'architecture', 'architecture'),
    schema1Layers,
    requiredBlobs: [...digests].map((digest): RequiredBlob => ({ digest, sizeBytes: undefined })),
    layers: [],
    children: [],
    config: undefined,
    subject: undefined,
    artifactType: undefined,
    annotations: {},
    layersSizeBytes: undefined,
  };
}

/** Whether a schema 1 body carries at least one signature. */
export function hasSignatures(body: JsonObject): boolean {
  const signatures = ownProperty(body, 'signatures');
  return Array.isArray(signatures) && signatures.length > 0;
}

function readTag(body: JsonObject): TagName {
  const tag = findTagName(readString(body, 'tag', 'tag'));
  if (tag === undefined) throw manifestError('tag', 'must be a valid tag name.');
  return tag;
}

function readLayers(body: JsonObject): Schema1Layer[] {
  const fsLayers = readObjects(body, 'fsLayers', 'fsLayers');
  const history = readObjects(body, 'history', 'history');
  if (fsLayers.length === 0) throw manifestError('fsLayers', 'at least one layer is required.');
  if (fsLayers.length !== history.length) {
    throw manifestError('history', 'must have as many entries as fsLayers.');
  }
  return history.map((entry, index) => {
    const path = `history[${index}].v1Compatibility`;
    const v1Compatibility = readString(entry, 'v1Compatibility', path);
    const v1 = parseJsonObject(v1Compatibility, 'manifest_invalid', path);
    return {
      digest: readDigest(fsLayers[index] ?? {}, 'blobSum', `fsLayers[${index}].blobSum`),
      v1Compatibility,
      id: readString(v1, 'id', `${path}.id`),
      parent: findString(v1, 'parent', `${path}.parent`) || undefined,
    };
  });
}
