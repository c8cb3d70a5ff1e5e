import { findManifestKind } from '@wharf/oci';

/** Whether a stored media type is that of a Docker list or an OCI index. */
export function isIndexType(mediaType: string): boolean {
  const kind = findManifestKind(mediaType);
  return kind === 'list' || kind === 'oci-index';
}
