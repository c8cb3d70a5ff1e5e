import { z } from 'zod';
import { organizationAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { deleteOauthApplication } from '#/domain/tokens/index.ts';

/** Ends an application with all its tokens (REST reference 9.5). */
export const deleteOrganizationApplication = apiRoute({
  operationId: 'deleteOrganizationApplication',
  method: 'DELETE',
  path: '/organization/:orgname/applications/:client_id',
  group: 'organization',
  resource: 'endpoints.api.organization.OrganizationApplicationResource',
  summary: 'Deletes an OAuth application of an organization, with its tokens.',
  status: 204,
  access: organizationAdmin,
  request: {
    params: z.object({ orgname: z.string(), client_id: z.string() }),
    query: z.unknown(),
    body: noBody,
  },
  response: z.null(),
  async handle({ params, granted }, { domain }, request) {
    await deleteOauthApplication(domain, {
      ownerId: granted.organization.id,
      clientId: params.client_id,
      performer: performerOfCall(granted, request),
    });
    return null;
  },
});
