import { z } from 'zod';
import { organizationAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { deleteNamespace } from '#/domain/gc/index.ts';

/** Deletes an organization: its name is free at once, what it holds goes in the background (REST reference 9.3). */
export const deleteAdminedOrganization = apiRoute({
  operationId: 'deleteAdminedOrganization',
  method: 'DELETE',
  path: '/organization/:orgname',
  group: 'organization',
  resource: 'endpoints.api.organization.Organization',
  summary: 'Deletes an organization with everything in it.',
  status: 204,
  access: organizationAdmin,
  freshLogin: true,
  request: { params: z.object({ orgname: z.string() }), query: z.unknown(), body: noBody },
  response: z.null(),
  async handle({ granted }, { domain }, request) {
    const performer = performerOfCall(granted, request);
    await deleteNamespace(domain, { accountId: granted.organization.id, performer });
    return null;
  },
});
