import type { Digest } from '@wharf/oci';
import type { AnswerHeaders } from '#/http/answer.ts';

/** Immutable, but private: a shared cache must ask again. */
const cacheControl = 'private, max-age=31536000';

/** Headers of every successful answer about a blob's content (registry reference A3.1, A6). */
export function blobHeaders(digest: Digest): AnswerHeaders {
  return {
    'docker-content-digest': digest,
    etag: `"${digest}"`,
    'accept-ranges': 'bytes',
    'cache-control': cacheControl,
    'content-type': 'application/octet-stream',
  };
}

/** Whether the client already holds the content (RFC 9110 section 13.1.2; weak comparison). */
export function isNotModified(ifNoneMatch: string | undefined, digest: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${digest}"`);
}
