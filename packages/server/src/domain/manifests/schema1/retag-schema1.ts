import type { KeyObject } from 'node:crypto';
import type { Schema1Manifest } from '@wharf/oci';
import { contentOfSchema1, formatSchema1 } from './schema1-content.ts';
import { type SignedSchema1, signSchema1 } from './sign-schema1.ts';

export interface RetagInput {
  readonly manifest: Schema1Manifest;
  readonly tag: string;
  /** Key of this registry, used if the manifest was signed. */
  readonly key: KeyObject;
  readonly signedAtMs: number;
}

/**
 * A copy of the manifest that names another tag, since the name of the tag is part of what was signed
 * (registry protocol A13.9); signed by this registry if the original was signed. Its digest is that of the
 * payload.
 */
export function retagSchema1({ manifest, tag, key, signedAtMs }: RetagInput): SignedSchema1 {
  const content = { ...contentOfSchema1(manifest), tag };
  if (manifest.kind === 'schema1-signed') return signSchema1(content, key, signedAtMs);
  const bytes = formatSchema1(content);
  return { bytes, payload: bytes };
}
