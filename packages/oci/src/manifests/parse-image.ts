import { type Descriptor, readDescriptor } from '../descriptor.ts';
import type { JsonObject } from '../json.ts';
import { findObject, manifestError, readObject, readObjects, readStringMap } from '../json-reader.ts';
import { mediaTypes } from '../media-types.ts';
import { readArtifactType } from './artifact-type.ts';
import type { ImageManifest } from './parsed-manifest.ts';
import { collectRequiredBlobs, sumSizes } from './required-blobs.ts';

/** Docker schema 2: config and layers; a foreign layer must name where it is to be had. */
export function parseSchema2(body: JsonObject): ImageManifest {
  const layers = readLayers(body);
  for (const [index, layer] of layers.entries()) {
    if (layer.mediaType === mediaTypes.dockerForeignLayer && layer.urls.length === 0) {
      throw manifestError(`layers[${index}].urls`, 'a foreign layer must list at least one URL.');
    }
  }
  const config = readDescriptor(readObject(body, 'config', 'config'), 'config');
  return {
    kind: 'schema2',
    mediaType: mediaTypes.schema2,
    config,
    layers,
    children: [],
    subject: undefined,
    artifactType: undefined,
    annotations: {},
    requiredBlobs: collectRequiredBlobs([config, ...layers]),
    layersSizeBytes: sumSizes(layers),
  };
}

/** OCI image manifest, of an image or of any other artifact; `layers` may be empty. */
export function parseOciManifest(body: JsonObject): ImageManifest {
  const layers = readLayers(body);
  const config = readDescriptor(readObject(body, 'config', 'config'), 'config');
  return {
    kind: 'oci-manifest',
    mediaType: mediaTypes.ociManifest,
    config,
    layers,
    children: [],
    subject: readSubject(body),
    artifactType: readArtifactType(body) ?? config.mediaType,
    annotations: readStringMap(body, 'annotations', 'annotations'),
    requiredBlobs: collectRequiredBlobs([config, ...layers]),
    layersSizeBytes: sumSizes(layers),
  };
}

function readLayers(body: JsonObject): Descriptor[] {
  return readObjects(body, 'layers', 'layers').map((layer, index) =>
    readDescriptor(layer, `layers[${index}]`),
  );
}

/** The `subject` of an OCI manifest or index, which need not exist. */
export function readSubject(body: JsonObject): Descriptor | undefined {
  const subject = findObject(body, 'subject', 'subject');
  return subject === undefined ? undefined : readDescriptor(subject, 'subject');
}
