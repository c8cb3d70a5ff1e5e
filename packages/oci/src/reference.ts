import type { Digest, TagName } from './brands.ts';
import { digestAlgorithm, digestEncoded, findDigest, parseDigest } from './digest.ts';
import { findTagName, parseTagName } from './names.ts';

/** What stands after `/manifests/`: exactly one of the two. */
export type Reference = { readonly digest: Digest } | { readonly tag: TagName };

/**
 * A text with a colon is a digest, any other a tag; throws the OciParseError of parseDigest or parseTagName.
 */
export function parseReference(text: string): Reference {
  return text.includes(':') ? { digest: parseDigest(text) } : { tag: parseTagName(text) };
}

/** As parseReference, but undefined instead of an error. */
export function findReference(text: string): Reference | undefined {
  if (text.includes(':')) {
    const digest = findDigest(text);
    return digest === undefined ? undefined : { digest };
  }
  const tag = findTagName(text);
  return tag === undefined ? undefined : { tag };
}

/** Tag of the index that lists the referrers of a digest for clients without the referrers API (OCI 1.1). */
export function fallbackTagName(digest: Digest): TagName {
  const algorithm = digestAlgorithm(digest).slice(0, 32);
  const encoded = digestEncoded(digest).slice(0, 64);
  return parseTagName(`${algorithm}-${encoded}`);
}

/** The digests that an index tagged so may describe: exact for sha256, a prefix of the hex part for sha512. */
export function parseFallbackTagName(
  tag: string,
): { readonly algorithm: 'sha256' | 'sha512'; readonly encodedPrefix: string } | undefined {
  const match = /^(sha256|sha512)-([0-9a-f]{64})$/.exec(tag);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return { algorithm: match[1] === 'sha512' ? 'sha512' : 'sha256', encodedPrefix: match[2] };
}
