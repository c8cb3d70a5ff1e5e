import { z } from 'zod';
import { organizationCreator } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { DomainError } from '#/domain/errors.ts';

/** A question of the billing that only the hosted service has (REST reference 9.3): always switched off here. */
export const getOrganizationPrivateAllowed = apiRoute({
  operationId: 'getOrganizationPrivateAllowed',
  method: 'GET',
  path: '/organization/:orgname/private',
  group: 'organization',
  resource: 'endpoints.api.organization.OrgPrivateRepositories',
  summary: 'Tells whether the plan allows another private repository.',
  status: 200,
  access: organizationCreator,
  scope: 'org:admin',
  internal: true,
  gate: () => false,
  request: { params: z.object({ orgname: z.string() }), query: z.unknown(), body: noBody },
  response: z.object({ privateAllowed: z.boolean(), privateCount: z.number().optional() }),
  async handle() {
    throw new DomainError('not_found', 'Not Found');
  },
});
