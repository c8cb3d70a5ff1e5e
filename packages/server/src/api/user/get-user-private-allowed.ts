import { z } from 'zod';
import { selfAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { DomainError } from '#/domain/errors.ts';

/** A question of the billing that only the hosted service has (REST reference 9.1): always switched off here. */
export const getUserPrivateAllowed = apiRoute({
  operationId: 'getUserPrivateAllowed',
  method: 'GET',
  path: '/user/private',
  group: 'user',
  resource: 'endpoints.api.user.PrivateRepositories',
  summary: 'Tells how many private repositories the plan allows.',
  status: 200,
  access: selfAdmin,
  internal: true,
  gate: () => false,
  request: { params: z.unknown(), query: z.unknown(), body: noBody },
  response: z.object({ privateCount: z.number(), privateAllowed: z.boolean() }),
  async handle() {
    throw new DomainError('not_found', 'Not Found');
  },
});
