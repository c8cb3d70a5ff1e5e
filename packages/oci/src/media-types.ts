/** Media types of the registry protocol. */
export const mediaTypes = {
  schema1: 'application/vnd.docker.distribution.manifest.v1+json',
  schema1Signed: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
  schema2: 'application/vnd.docker.distribution.manifest.v2+json',
  list: 'application/vnd.docker.distribution.manifest.list.v2+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
  ociArtifact: 'application/vnd.oci.artifact.manifest.v1+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  ociConfig: 'application/vnd.oci.image.config.v1+json',
  ociEmpty: 'application/vnd.oci.empty.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  dockerLayerZstd: 'application/vnd.docker.image.rootfs.diff.tar.zstd',
  dockerForeignLayer: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
  ociLayer: 'application/vnd.oci.image.layer.v1.tar',
  ociLayerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  ociLayerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  json: 'application/json',
  octetStream: 'application/octet-stream',
} as const;

export type ManifestKind =
  | 'schema1'
  | 'schema1-signed'
  | 'schema2'
  | 'list'
  | 'oci-manifest'
  | 'oci-index'
  | 'oci-artifact';

const kindsByMediaType: ReadonlyMap<string, ManifestKind> = new Map<string, ManifestKind>([
  [mediaTypes.schema1, 'schema1'],
  [mediaTypes.schema1Signed, 'schema1-signed'],
  [mediaTypes.schema2, 'schema2'],
  [mediaTypes.list, 'list'],
  [mediaTypes.ociManifest, 'oci-manifest'],
  [mediaTypes.ociIndex, 'oci-index'],
  [mediaTypes.ociArtifact, 'oci-artifact'],
]);

/** Kind of manifest that a media type (lower case, without parameters) names; undefined for any other type. */
export function findManifestKind(mediaType: string): ManifestKind | undefined {
  return kindsByMediaType.get(mediaType);
}

const mediaTypesByKind: Readonly<Record<ManifestKind, string>> = {
  schema1: mediaTypes.schema1,
  'schema1-signed': mediaTypes.schema1Signed,
  schema2: mediaTypes.schema2,
  list: mediaTypes.list,
  'oci-manifest': mediaTypes.ociManifest,
  'oci-index': mediaTypes.ociIndex,
  'oci-artifact': mediaTypes.ociArtifact,
};

export function manifestMediaType(kind: ManifestKind): string {
  return mediaTypesByKind[kind];
}

/** Media types that a manifest may be pushed with. */
export const manifestMediaTypes: readonly string[] = [...kindsByMediaType.keys()];

const restrictedName = '[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}';
const mediaTypePattern = new RegExp(`^${restrictedName}/${restrictedName}$`);

/** Whether the text is `type/subtype` as RFC 6838 section 4.2 has it, without parameters. */
export function isMediaType(text: string): boolean {
  return mediaTypePattern.test(text);
}

/**
 * Media type of a `Content-Type` header in lower case without its parameters; undefined if absent or
 * malformed.
 */
export function findContentType(header: string | undefined): string | undefined {
  const essence = header?.split(';', 1)[0]?.trim().toLowerCase();
  return essence !== undefined && isMediaType(essence) ? essence : undefined;
}

const nonDistributable = 'application/vnd.oci.image.layer.nondistributable.v1.tar';

/** Whether a layer of this type may be absent here: Docker's foreign and OCI's non-distributable layers. */
export function isForeignLayerType(mediaType: string): boolean {
  return (
    mediaType === mediaTypes.dockerForeignLayer ||
    mediaType === nonDistributable ||
    mediaType.startsWith(`${nonDistributable}+`)
  );
}

/** Whether the blob is a layer of a file system by its type, foreign ones included. */
export function isImageLayerType(mediaType: string): boolean {
  return (
    mediaType === mediaTypes.dockerLayer ||
    mediaType === mediaTypes.dockerLayerZstd ||
    mediaType === mediaTypes.ociLayer ||
    mediaType.startsWith(`${mediaTypes.ociLayer}+`) ||
    isForeignLayerType(mediaType)
  );
}

/** Whether the blob is a gzip stream by its type. */
export function isGzipType(mediaType: string): boolean {
  return mediaType.endsWith('+gzip') || mediaType.endsWith('.tar.gzip');
}

/** Whether the blob is a zstd stream by its type. */
export function isZstdType(mediaType: string): boolean {
  return mediaType.endsWith('+zstd') || mediaType.endsWith('.tar.zstd');
}

/** Whether the config of this type is an image configuration, with history and labels. */
export function isImageConfigType(mediaType: string): boolean {
  return mediaType === mediaTypes.dockerConfig || mediaType === mediaTypes.ociConfig;
}
