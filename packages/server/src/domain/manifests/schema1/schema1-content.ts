import type { Digest, Schema1Manifest } from '@wharf/oci';

export interface Schema1ContentLayer {
  readonly digest: Digest;
  /** JSON text with `id` and, but for the base, `parent`. */
  readonly v1Compatibility: string;
}

/** What a schema 1 manifest says, from which it can be written unsigned or signed. */
export interface Schema1Content {
  /** Repository as `namespace/name`. */
  readonly name: string;
  readonly tag: string;
  readonly architecture: string;
  /** Leaf first; at least one. */
  readonly layers: readonly Schema1ContentLayer[];
}

/** The content of a parsed manifest, to be written anew, for example under another tag. */
export function contentOfSchema1(manifest: Schema1Manifest): Schema1Content {
  return {
    name: manifest.name,
    tag: manifest.tag,
    architecture: manifest.architecture ?? 'amd64',
    layers: manifest.schema1Layers.map(({ digest, v1Compatibility }) => ({ digest, v1Compatibility })),
  };
}

/** Docker's own layout: three blanks a level; the unsigned form, and the payload of the signed one. */
export function formatSchema1(content: Schema1Content): Buffer {
  const body = {
    tag: content.tag,
    name: content.name,
    architecture: content.architecture,
    schemaVersion: 1,
    history: content.layers.map(({ v1Compatibility }) => ({ v1Compatibility })),
    fsLayers: content.layers.map(({ digest }) => ({ blobSum: digest })),
  };
  return Buffer.from(JSON.stringify(body, undefined, 3), 'utf8');
}
