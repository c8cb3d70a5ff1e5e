import { z } from 'zod';
import { getUpload as getUploadSession } from '#/domain/uploads/index.ts';
import { route } from '#/http/route.ts';
import { canPush } from '#/registry/access.ts';
import { uploadAnswer } from '#/registry/blob-uploads/upload-answer.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

/** GET of an upload: how far it is (OCI distribution, "pushing a blob in chunks"). */
export const getUpload = route({
  operationId: 'getUpload',
  method: 'GET',
  url: '/v2/:repository/blobs/uploads/:uuid',
  status: 204,
  access: canPush,
  request: {
    params: z.object({ repository: z.string(), uuid: z.string() }),
    query: z.unknown(),
    body: { kind: 'none' },
  },
  response: z.unknown(),
  async handle({ params, granted }, services: RegistryServices, request) {
    const upload = await getUploadSession(services.domain, {
      repositoryId: granted.repository.id,
      uuid: params.uuid,
    });
    return uploadAnswer(204, request, params.repository, upload);
  },
});
