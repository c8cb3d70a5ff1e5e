import { z } from 'zod';
import { appendChunk as appendToUpload } from '#/domain/uploads/index.ts';
import { route } from '#/http/route.ts';
import { streamBody } from '#/http/stream-body.ts';
import { canPush } from '#/registry/access.ts';
import { bodyPlacementOf, uploadAnswer, withUploadState } from '#/registry/blob-uploads/upload-answer.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

/** PATCH: one more chunk, or the whole stream, of an upload (registry reference A7.1). */
export const appendChunk = route({
  operationId: 'appendChunk',
  method: 'PATCH',
  url: '/v2/:repository/blobs/uploads/:uuid',
  status: 202,
  access: canPush,
  request: {
    params: z.object({ repository: z.string(), uuid: z.string() }),
    query: z.unknown(),
    body: { kind: 'stream' },
  },
  response: z.unknown(),
  async handle({ params, granted, body }, services: RegistryServices, request) {
    const upload = await withUploadState(request, params.repository, params.uuid, () =>
      appendToUpload(services.domain, {
        repositoryId: granted.repository.id,
        uuid: params.uuid,
        body: streamBody(body),
        ...bodyPlacementOf(request),
      }),
    );
    return uploadAnswer(202, request, params.repository, upload);
  },
});
