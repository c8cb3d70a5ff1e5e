import type { Digest } from './brands.ts';
import { OciParseError } from './parse-error.ts';

export type DigestAlgorithm = 'sha256' | 'sha512';

const encodedLengths: Readonly<Record<DigestAlgorithm, number>> = { sha256: 64, sha512: 128 };
const digestShape = /^([a-z0-9]+(?:[.+_-][a-z0-9]+)*):([A-Za-z0-9=_-]+)$/;
const lowerHex = /^[0-9a-f]+$/;
const routeShape = /^[A-Za-z0-9_+.-]+:[A-Fa-f0-9]+$/;
const longestDigest = 'sha512:'.length + encodedLengths.sha512;

/** The 32 bytes of a gzipped empty tar, shared by all repositories (registry protocol, "special blob"). */
export const emptyLayerDigest = parseDigest(
  'sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4',
);
export const emptyLayerSizeBytes = 32;

/** Digest of the two bytes `{}`, the usual config of an artifact. */
export const emptyJsonDigest = parseDigest(
  'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a',
);

export function isDigestAlgorithm(text: string): text is DigestAlgorithm {
  return text === 'sha256' || text === 'sha512';
}

/**
 * Reads `sha256:<64 hex>` or `sha512:<128 hex>`, lower case only. Throws OciParseError `digest_malformed`, or
 * `digest_unsupported` for a well-formed digest of another algorithm.
 */
export function parseDigest(text: string): Digest {
  const match = text.length <= 512 ? digestShape.exec(text) : null;
  const algorithm = match?.[1];
  const encoded = match?.[2];
  if (algorithm === undefined || encoded === undefined) {
    throw new OciParseError('digest_malformed', 'A digest must look like sha256:<64 lower-case hex digits>.');
  }
  if (!isDigestAlgorithm(algorithm)) {
    throw new OciParseError('digest_unsupported', 'Only sha256 and sha512 digests are supported.');
  }
  if (encoded.length !== encodedLengths[algorithm] || !lowerHex.test(encoded)) {
    throw new OciParseError(
      'digest_malformed',
      `A ${algorithm} digest must have ${encodedLengths[algorithm]} lower-case hex digits.`,
    );
  }
  return text as Digest;
}

/** As parseDigest, but undefined instead of an error. */
export function findDigest(text: string): Digest | undefined {
  if (text.length > longestDigest) return undefined;
  try {
    return parseDigest(text);
  } catch {
    return undefined;
  }
}

/**
 * Whether a path segment has the form that Quay's routes take for a digest: any algorithm, upper-case hex too.
 * Such a text that findDigest refuses names nothing that is stored here.
 */
export function isDigestLike(text: string): boolean {
  return text.length <= 512 && routeShape.test(text);
}

export function digestAlgorithm(digest: Digest): DigestAlgorithm {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256';
}

/** The hex part. */
export function digestEncoded(digest: Digest): string {
  return digest.slice(digest.indexOf(':') + 1);
}

/** Makes a digest of a hash that was computed; throws OciParseError if the hex does not fit the algorithm. */
export function makeDigest(algorithm: DigestAlgorithm, hex: string): Digest {
  return parseDigest(`${algorithm}:${hex}`);
}
