import { type Descriptor, readDescriptor, readListChild } from '../descriptor.ts';
import type { JsonObject } from '../json.ts';
import { manifestError, readObjects, readStringMap } from '../json-reader.ts';
import { findManifestKind, mediaTypes } from '../media-types.ts';
import { readArtifactType } from './artifact-type.ts';
import { readSubject } from './parse-image.ts';
import type { IndexManifest, ManifestChild } from './parsed-manifest.ts';

/** Docker manifest list: every child is a manifest with its platform. */
export function parseList(body: JsonObject): IndexManifest {
  const children = readObjects(body, 'manifests', 'manifests').map((child, index) => {
    const path = `manifests[${index}]`;
    const parsed = asChild(readListChild(child, path));
    if (parsed.kind === undefined)
      throw manifestError(`${path}.mediaType`, 'must be the type of a manifest.');
    return parsed;
  });
  return {
    kind: 'list',
    mediaType: mediaTypes.list,
    children,
    subject: undefined,
    artifactType: undefined,
    annotations: {},
    ...withoutLayers,
  };
}

/** OCI index: children may be of any type, platforms are optional, and none at all is allowed. */
export function parseOciIndex(body: JsonObject): IndexManifest {
  return {
    kind: 'oci-index',
    mediaType: mediaTypes.ociIndex,
    children: readObjects(body, 'manifests', 'manifests').map((child, index) =>
      asChild(readDescriptor(child, `manifests[${index}]`)),
    ),
    subject: readSubject(body),
    artifactType: readArtifactType(body),
    annotations: readStringMap(body, 'annotations', 'annotations'),
    ...withoutLayers,
  };
}

const withoutLayers = {
  config: undefined,
  layers: [],
  requiredBlobs: [],
  layersSizeBytes: undefined,
} as const;

function asChild(descriptor: Descriptor): ManifestChild {
  return { ...descriptor, kind: findManifestKind(descriptor.mediaType) };
}
