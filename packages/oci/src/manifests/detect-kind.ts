import { type JsonObject, ownProperty } from '../json.ts';
import { findContentType, findManifestKind, type ManifestKind, mediaTypes } from '../media-types.ts';
import { OciParseError } from '../parse-error.ts';
import { hasSignatures } from './parse-schema1.ts';

/**
 * The kind of manifest that the header and the body agree on. Without a header, or with `application/json`,
 * the body decides: by its `mediaType`, else by its shape. Throws OciParseError `manifest_type_unsupported`
 * or `manifest_invalid`.
 */
export function detectManifestKind(contentType: string | undefined, body: JsonObject): ManifestKind {
  const type = findContentType(contentType);
  const named = kindNamedInBody(body);
  if (type === undefined || type === mediaTypes.json) {
    if (contentType !== undefined && contentType.trim() !== '' && type === undefined) {
      throw unsupported();
    }
    return named ?? kindByShape(body);
  }
  const kind = findManifestKind(type);
  if (kind === undefined) throw unsupported();
  if (kind === 'schema1' || kind === 'schema1-signed') return schema1Kind(kind, body, named);
  if (named !== undefined && named !== kind) throw contradiction();
  return kind;
}

/** Whether a request may be refused by its header alone, before the body is read. */
export function isAcceptableManifestType(contentType: string | undefined): boolean {
  if (contentType === undefined || contentType.trim() === '') return true;
  const type = findContentType(contentType);
  return type !== undefined && (type === mediaTypes.json || findManifestKind(type) !== undefined);
}

function kindNamedInBody(body: JsonObject): ManifestKind | undefined {
  const mediaType = ownProperty(body, 'mediaType');
  if (mediaType === undefined || mediaType === null || mediaType === '') return undefined;
  const kind = typeof mediaType === 'string' ? findManifestKind(mediaType) : undefined;
  if (kind === undefined) throw contradiction();
  return kind;
}

function kindByShape(body: JsonObject): ManifestKind {
  if (ownProperty(body, 'schemaVersion') === 2) {
    return Object.hasOwn(body, 'manifests') ? 'oci-index' : 'oci-manifest';
  }
  return hasSignatures(body) ? 'schema1-signed' : 'schema1';
}

function schema1Kind(
  kind: 'schema1' | 'schema1-signed',
  body: JsonObject,
  named: ManifestKind | undefined,
): ManifestKind {
  if (named !== undefined && named !== kind) throw contradiction();
  if (kind === 'schema1-signed' && !hasSignatures(body)) {
    throw new OciParseError('manifest_invalid', 'signatures: a signed manifest must carry a signature.');
  }
  return hasSignatures(body) ? 'schema1-signed' : 'schema1';
}

function unsupported(): OciParseError {
  return new OciParseError(
    'manifest_type_unsupported',
    'The Content-Type is not one of a manifest; use that of a Docker or OCI manifest, list or index.',
  );
}

function contradiction(): OciParseError {
  return new OciParseError('manifest_invalid', 'mediaType: contradicts the Content-Type of the request.');
}
