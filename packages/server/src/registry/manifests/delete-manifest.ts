import { z } from 'zod';
import { performerOf } from '#/domain/logs/index.ts';
import { deleteManifest as deleteManifestByDigest, deleteTag } from '#/domain/tags/index.ts';
import { answer } from '#/http/answer.ts';
import { requestFacts } from '#/http/request-facts.ts';
import { route } from '#/http/route.ts';
import { canDelete } from '#/registry/access.ts';
import { writeReferenceOf } from '#/registry/manifests/manifest-reference.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

/** DELETE of a tag, or of a manifest with all its tags; both stay in the time machine (registry reference A11). */
export const deleteManifest = route({
  operationId: 'deleteManifest',
  method: 'DELETE',
  url: '/v2/:repository/manifests/:reference',
  status: 202,
  access: canDelete,
  request: {
    params: z.object({ repository: z.string(), reference: z.string() }),
    query: z.unknown(),
    body: { kind: 'none' },
  },
  response: z.unknown(),
  async handle({ params, granted }, services: RegistryServices, request) {
    const reference = writeReferenceOf(params.reference);
    const { repository } = granted;
    const performer = performerOf(granted.principal, request.ip, requestFacts(request));
    if ('digest' in reference) {
      await deleteManifestByDigest(services.domain, { repository, digest: reference.digest, performer });
    } else {
      await deleteTag(services.domain, { repository, tag: reference.tag, performer });
    }
    return answer({ status: 202 });
  },
});
