import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

let signingKey: Promise<KeyObject> | undefined;

/**
 * The key of this process for schema 1 manifests that it writes for old engines, which take no unsigned ones. Nobody is meant to trust
 * it, and the digest of a signed manifest does not depend on it, so it is made when first needed and never stored.
 */
export function getManifestSigningKey(): Promise<KeyObject> {
  signingKey ??= promisify(generateKeyPair)('rsa', { modulusLength: 2048 }).then(
    ({ privateKey }) => privateKey,
  );
  return signingKey;
}
