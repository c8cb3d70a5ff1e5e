import type { Digest, TagName } from '../brands.ts';
import type { Descriptor } from '../descriptor.ts';
import type { ManifestKind } from '../media-types.ts';

/** A blob that must be in the repository before the manifest is stored; schema 1 knows no sizes. */
export interface RequiredBlob {
  readonly digest: Digest;
  readonly sizeBytes: number | undefined;
}

interface ManifestFields {
  /** The media type to store and serve. */
  readonly mediaType: string;
  /** Config and layers once each; no foreign layer. Empty for lists and indexes. */
  readonly requiredBlobs: readonly RequiredBlob[];
  readonly layers: readonly Descriptor[];
  /** Manifests of a list or index; empty for the rest. */
  readonly children: readonly ManifestChild[];
  readonly config: Descriptor | undefined;
  /** What this manifest refers to (OCI only). */
  readonly subject: Descriptor | undefined;
  /** The type under which the referrers API lists it: `artifactType`, else an image's config media type. */
  readonly artifactType: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
  /** Sum over all layers, foreign ones included; undefined where the format has no sizes or no layers. */
  readonly layersSizeBytes: number | undefined;
}

export interface ManifestChild extends Descriptor {
  /** Undefined if the media type names no manifest: some build caches list layer blobs in an index. */
  readonly kind: ManifestKind | undefined;
}

/** An image or artifact of one platform: Docker schema 2 or OCI. */
export interface ImageManifest extends ManifestFields {
  readonly kind: 'schema2' | 'oci-manifest';
  readonly config: Descriptor;
  readonly layersSizeBytes: number;
}

/** A Docker manifest list or an OCI index. */
export interface IndexManifest extends ManifestFields {
  readonly kind: 'list' | 'oci-index';
}

/** The withdrawn OCI artifact manifest; its blobs are the layers. */
export interface ArtifactManifest extends ManifestFields {
  readonly kind: 'oci-artifact';
  readonly layersSizeBytes: number;
}

/** Docker schema 1. Signatures are not verified here. */
export interface Schema1Manifest extends ManifestFields {
  readonly kind: 'schema1' | 'schema1-signed';
  /** Repository named in the body; to be compared with that of the request. */
  readonly name: string;
  /** Tag named in the body. */
  readonly tag: TagName;
  readonly architecture: string | undefined;
  /** Leaf first, as in the body. */
  readonly schema1Layers: readonly Schema1Layer[];
}

export interface Schema1Layer {
  readonly digest: Digest;
  /** The JSON text exactly as in the body. */
  readonly v1Compatibility: string;
  readonly id: string;
  readonly parent: string | undefined;
}

export type ParsedManifest = ImageManifest | IndexManifest | ArtifactManifest | Schema1Manifest;
