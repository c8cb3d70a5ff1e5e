import { z } from 'zod';
import { deleteBlob as deleteBlobFromRepository } from '#/domain/blobs/index.ts';
import { type Answer, answer } from '#/http/answer.ts';
import { route } from '#/http/route.ts';
import { canDelete } from '#/registry/access.ts';
import { digestOf } from '#/registry/parameters.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

/** DELETE of a blob from its repository; its storage is freed by collection only (registry reference A11). */
export const deleteBlob = route({
  operationId: 'deleteBlob',
  method: 'DELETE',
  url: '/v2/:repository/blobs/:digest',
  status: 202,
  access: canDelete,
  request: {
    params: z.object({ repository: z.string(), digest: z.string() }),
    query: z.unknown(),
    body: { kind: 'none' },
  },
  response: z.unknown(),
  async handle({ params, granted }, services: RegistryServices): Promise<Answer> {
    await deleteBlobFromRepository(services.domain, {
      repositoryId: granted.repository.id,
      digest: digestOf(params.digest),
    });
    return answer({ status: 202 });
  },
});
