import { z } from 'zod';
import { lookUpBlob } from '#/domain/blobs/index.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Answer, answer } from '#/http/answer.ts';
import { route } from '#/http/route.ts';
import { canPull } from '#/registry/access.ts';
import { blobHeaders, isNotModified } from '#/registry/blobs/blob-headers.ts';
import { blobDigestOf } from '#/registry/parameters.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

/** HEAD of a blob: never redirected, never touches the store (registry reference A6.2). */
export const headBlob = route({
  operationId: 'headBlob',
  method: 'HEAD',
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
    return answer({ status: 200, headers: { ...blobHeaders(digest), 'content-length': blob.sizeBytes } });
  },
});
