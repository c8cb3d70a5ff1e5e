import type { JsonObject } from '../json.ts';
import { findString, manifestError } from '../json-reader.ts';
import { isMediaType } from '../media-types.ts';

/** The manifest's own `artifactType`; empty counts as absent. */
export function readArtifactType(body: JsonObject): string | undefined {
  const type = findString(body, 'artifactType', 'artifactType');
  if (type === undefined || type === '') return undefined;
  if (!isMediaType(type))
    throw manifestError('artifactType', 'must be a media type such as application/json.');
  return type;
}
