import { mediaTypes } from '@wharf/oci';
import { z } from 'zod';
import { listReferrers as listReferrersOfSubject } from '#/domain/tags/index.ts';
import { answer, jsonAnswer } from '#/http/answer.ts';
import { route } from '#/http/route.ts';
import { canPull } from '#/registry/access.ts';
import { digestOf } from '#/registry/parameters.ts';
import type { RegistryServices } from '#/registry/registry-services.ts';

/** GET of everything that names a digest as its subject, as an OCI index (registry reference A15). */
export const listReferrers = route({
  operationId: 'listReferrers',
  method: 'GET',
  url: '/v2/:repository/referrers/:digest',
  status: 200,
  access: canPull,
  request: {
    params: z.object({ repository: z.string(), digest: z.string() }),
    query: z.object({ artifactType: z.string().optional() }),
    body: { kind: 'none' },
  },
  response: z.unknown(),
  async handle({ params, query, granted }, services: RegistryServices) {
    if (!services.settings.featureReferrersApi) return answer({ status: 404 });
    const { artifactType } = query;
    const manifests = await listReferrersOfSubject(services.domain, {
      repositoryId: granted.repository.id,
      subject: digestOf(params.digest),
      ...(artifactType === undefined ? {} : { artifactType }),
    });
    return jsonAnswer(
      200,
      { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests },
      {
        'content-type': mediaTypes.ociIndex,
        ...(artifactType === undefined ? {} : { 'oci-filters-applied': 'artifactType' }),
      },
    );
  },
});
