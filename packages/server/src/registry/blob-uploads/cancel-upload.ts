import { z } from 'zod';
import { cancelUpload as cancelUploadSession } from '#/domain/uploads/index.ts';
import { answer } from '#/http/answer.ts';
import { route } from '#/http/route.ts';
import { canPush } from '#/registry/access.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

/** DELETE of an upload: its bytes are dropped (OCI distribution 1.2 draft, "cancel"). */
export const cancelUpload = route({
  operationId: 'cancelUpload',
  method: 'DELETE',
  url: '/v2/:repository/blobs/uploads/:uuid',
  status: 204,
  access: canPush,
  request: {
    params: z.object({ repository: z.string(), uuid: z.string() }),
    query: z.unknown(),
    body: { kind: 'none' },
  },
  response: z.unknown(),
  async handle({ params, granted }, services: RegistryServices) {
    await cancelUploadSession(services.domain, { repositoryId: granted.repository.id, uuid: params.uuid });
    return answer({ status: 204 });
  },
});
