import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import { commitUpload as commitUploadSession } from '#/domain/uploads/index.ts';
import { route } from '#/http/route.ts';
import { streamBody } from '#/http/stream-body.ts';
import { canPush } from '#/registry/access.ts';
import {
  blobCreatedAnswer,
  bodyPlacementOf,
  withUploadState,
} from '#/registry/blob-uploads/upload-answer.ts';
import { digestOf } from '#/registry/parameters.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

/** PUT: the last bytes, if any, and the digest that ends an upload (registry reference A7.1). */
export const commitUpload = route({
  operationId: 'commitUpload',
  method: 'PUT',
  url: '/v2/:repository/blobs/uploads/:uuid',
  status: 201,
  access: canPush,
  request: {
    params: z.object({ repository: z.string(), uuid: z.string() }),
    query: z.object({ digest: z.string().optional() }),
    body: { kind: 'stream' },
  },
  response: z.unknown(),
  async handle({ params, query, granted, body }, services: RegistryServices, request) {
    if (query.digest === undefined) {
      throw new DomainError('upload_invalid', 'The query must name the digest of the whole blob.', {
        detail: { reason: 'digest missing' },
      });
    }
    const digest = digestOf(query.digest);
    await withUploadState(request, params.repository, params.uuid, () =>
      commitUploadSession(services.domain, {
        repositoryId: granted.repository.id,
        uuid: params.uuid,
        digest,
        body: streamBody(body),
        ...bodyPlacementOf(request),
      }),
    );
    return blobCreatedAnswer(request, params.repository, digest);
  },
});
