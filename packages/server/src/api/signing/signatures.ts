import { z } from 'zod';
import { type ApiRoute, apiRoute, noBody } from '#/api/api-route.ts';
import { imageRead } from '#/api/image-access.ts';
import { DomainError } from '#/domain/errors.ts';

/** Signatures of a trust server (REST reference 9.18): 404, because there is none to ask. */
const getRepoSignatures = apiRoute({
  operationId: 'getRepoSignatures',
  method: 'GET',
  path: '/repository/:repository/signatures',
  group: 'signing',
  resource: 'endpoints.api.signing.RepositorySignatures',
  summary: 'Lists the signatures of a repository.',
  status: 200,
  access: imageRead,
  gate: (settings) => settings.featureSigning,
  request: { params: z.object({ repository: z.string() }), query: z.unknown(), body: noBody },
  response: z.object({ delegations: z.record(z.string(), z.unknown()) }),
  async handle() {
    throw new DomainError('not_found', 'Not Found');
  },
});

/** Signed tags. */
export const signingRoutes: readonly ApiRoute[] = [getRepoSignatures];
