import { type Descriptor, readDescriptor } from '../descriptor.ts';
import { type JsonObject, ownProperty } from '../json.ts';
import { manifestError, readObjects, readStringMap } from '../json-reader.ts';
import { mediaTypes } from '../media-types.ts';
import { readArtifactType } from './artifact-type.ts';
import { readSubject } from './parse-image.ts';
import type { ArtifactManifest } from './parsed-manifest.ts';
import { collectRequiredBlobs, sumSizes } from './required-blobs.ts';

/** The artifact manifest of a withdrawn OCI draft, which old tools still push. */
export function parseOciArtifact(body: JsonObject): ArtifactManifest {
  const artifactType = readArtifactType(body);
  if (artifactType === undefined) throw manifestError('artifactType', 'is required.');
  const blobs: Descriptor[] = (ownProperty(body, 'blobs') ?? null) === null ? [] : readBlobs(body);
  return {
    kind: 'oci-artifact',
    mediaType: mediaTypes.ociArtifact,
    config: undefined,
    layers: blobs,
    children: [],
    subject: readSubject(body),
    artifactType,
    annotations: readStringMap(body, 'annotations', 'annotations'),
    requiredBlobs: collectRequiredBlobs(blobs),
    layersSizeBytes: sumSizes(blobs),
  };
}

function readBlobs(body: JsonObject): Descriptor[] {
  return readObjects(body, 'blobs', 'blobs').map((blob, index) => readDescriptor(blob, `blobs[${index}]`));
}
