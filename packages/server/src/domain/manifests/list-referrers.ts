import type { Digest } from '@wharf/oci';
import type { Services } from '#/domain/services.ts';
import { type ReferrerDescriptor, type ReferrersCursor, walkReferrers } from './walk-referrers.ts';

/** One page of what refers to a digest, and where the next one begins. */
export interface ReferrersPage {
  readonly referrers: readonly ReferrerDescriptor[];
  /** Undefined on the last page. */
  readonly next: ReferrersCursor | undefined;
}

/** Clients take no index that is larger; the little that an index has around its entries is left free. */
const longestPageBytes = 4 * 1024 ** 2 - 1024;
/** How many manifests are looked at for one page; those that nothing holds any more are no entries. */
const mostCandidates = 5000;

/**
 * A page of what refers to a digest in a repository (registry protocol A15): the held manifests and indexes that name it as their
 * subject, in the order of their digests, then the entries of the index under the fallback tag that are not among them. The
 * subject itself need not exist. The page has at most `limit` entries, at least 1, and 4 MiB on the wire unless a single entry has more.
 */
export async function listReferrers(
  services: Services,
  input: {
    readonly repositoryId: number;
    readonly subject: Digest;
    readonly artifactType?: string | undefined;
    readonly after?: ReferrersCursor | undefined;
    readonly limit: number;
  },
): Promise<ReferrersPage> {
  const referrers: ReferrerDescriptor[] = [];
  let sizeBytes = 0;
  let looked = 0;
  let last = input.after;
  for await (const { descriptor, cursor } of walkReferrers(services, input)) {
    if (descriptor !== undefined) {
      sizeBytes += Buffer.byteLength(JSON.stringify(descriptor)) + 1;
      const isFull = referrers.length >= input.limit || sizeBytes > longestPageBytes;
      if (isFull && referrers.length > 0) return { referrers, next: last };
      referrers.push(descriptor);
    }
    last = cursor;
    looked += 1;
    if (looked >= mostCandidates) return { referrers, next: last };
  }
  return { referrers, next: undefined };
}
