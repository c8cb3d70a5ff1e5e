import { parseByteRanges } from '@wharf/oci';
import { z } from 'zod';
import { type Blob, findBlobFilePath, lookUpBlob, signedBlobUrl } from '#/domain/blobs/index.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Answer, answer } from '#/http/answer.ts';
import { route } from '#/http/route.ts';
import { canPull } from '#/registry/access.ts';
import { blobAnswer } from '#/registry/blobs/blob-body.ts';
import { blobHeaders, isNotModified } from '#/registry/blobs/blob-headers.ts';
import { withHeaders } from '#/registry/errors.ts';
import { blobDigestOf } from '#/registry/parameters.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

/** Seconds that a direct URL of the store is valid. */
const signedUrlSeconds = 600;

/** GET of a blob: redirect where the store signs URLs on a host of its own, else the bytes, whole or in ranges (registry reference A6). */
export const getBlob = route({
  operationId: 'getBlob',
  method: 'GET',
  url: '/v2/:repository/blobs/:digest',
  status: 200,
  access: canPull,
  request: {
    params: z.object({ repository: z.string(), digest: z.string() }),
    query: z.unknown(),
    body: { kind: 'none' },
  },
  response: z.unknown(),
  async handle({ params, granted }, services: RegistryServices, request): Promise<Answer> {
    const digest = blobDigestOf(params.digest);
    const blob = await lookUpBlob(services.domain, { repositoryId: granted.repository.id, digest });
    if (blob === undefined) throw new DomainError('blob_unknown', 'The blob is not in this repository.');
    if (isNotModified(request.headers['if-none-match'], digest)) {
      return answer({ status: 304, headers: { etag: `"${digest}"`, 'docker-content-digest': digest } });
    }
    services.metrics.registryTraffic.pulledBytes.inc({ protocol_version: 'v2' }, blob.sizeBytes);
    services.metrics.registryTraffic.imagePulledBytes.inc({ protocol: 'v2' }, blob.sizeBytes);
    const url = await signedBlobUrl(services.domain, blob, {
      expiresInSeconds: signedUrlSeconds,
      method: 'GET',
    });
    if (url !== undefined && !isWithinHost(new URL(url).hostname, request.host)) {
      const cacheControl = `private, max-age=${signedUrlSeconds}`;
      return answer({
        status: 302,
        headers: { ...blobHeaders(digest), 'cache-control': cacheControl, location: url },
      });
    }
    const proxied = await proxiedAnswer(services, blob);
    if (proxied !== undefined) return proxied;
    const ranges = parseByteRanges(request.headers.range, blob.sizeBytes);
    if (ranges.kind === 'unsatisfiable') {
      throw withHeaders(new DomainError('range_invalid', `The blob has ${blob.sizeBytes} bytes.`), {
        'content-range': `bytes */${blob.sizeBytes}`,
      });
    }
    return blobAnswer(services, blob, ranges.kind === 'ranges' ? ranges.ranges : undefined);
  },
});

/**
 * Whether clients take an address for a part of this registry: the same host at whatever port, or a name below it. To such a place
 * they send their token along, and object stores refuse a signed URL with a second credential (H-10).
 */
function isWithinHost(hostname: string, registryHost: string): boolean {
  const own = registryHost.toLowerCase().replace(/:[0-9]+$/, '');
  return hostname === own || hostname.endsWith(`.${own}`);
}

/**
 * Headers alone, where a proxy in front is configured to send the file itself (`X_ACCEL_REDIRECT_PREFIX`) and the blob lies on a local disk;
 * ranges are then its business. What a request says about itself never counts: only the configuration knows the proxy.
 */
async function proxiedAnswer(services: RegistryServices, blob: Blob): Promise<Answer | undefined> {
  const prefix = services.settings.accelRedirectPrefix;
  if (prefix === undefined) return undefined;
  const path = await findBlobFilePath(services.domain, blob);
  if (path === undefined) return undefined;
  const location = `${prefix.replace(/\/+$/, '')}/${path}`;
  return answer({ status: 200, headers: { ...blobHeaders(blob.digest), 'x-accel-redirect': location } });
}
