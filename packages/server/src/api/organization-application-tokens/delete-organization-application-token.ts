import { z } from 'zod';
import { organizationAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { deleteApplicationToken } from '#/domain/tokens/index.ts';

/** Ends a token at once (REST reference 9.5). */
export const deleteOrganizationApplicationToken = apiRoute({
  operationId: 'deleteOrganizationApplicationToken',
  method: 'DELETE',
  path: '/organization/:orgname/applications/:client_id/tokens/:token_uuid',
  group: 'organization_application_tokens',
  resource: 'endpoints.api.organization_application_tokens.OrganizationApplicationToken',
  summary: 'Revokes a token of an OAuth application.',
  status: 204,
  access: organizationAdmin,
  request: {
    params: z.object({ orgname: z.string(), client_id: z.string(), token_uuid: z.string() }),
    query: z.unknown(),
    body: noBody,
  },
  response: z.null(),
  async handle({ params, granted }, { domain }, request) {
    await deleteApplicationToken(domain, {
      ownerId: granted.organization.id,
      clientId: params.client_id,
      uuid: params.token_uuid,
      performer: performerOfCall(granted, request),
    });
    return null;
  },
});
