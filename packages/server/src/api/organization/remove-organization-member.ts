import { z } from 'zod';
import { organizationAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { removeOrganizationMember as removeMember } from '#/domain/permissions/index.ts';

/** Takes somebody out of all teams, and away their own permissions on the repositories (REST reference 9.3). */
export const removeOrganizationMember = apiRoute({
  operationId: 'removeOrganizationMember',
  method: 'DELETE',
  path: '/organization/:orgname/members/:membername',
  group: 'organization',
  resource: 'endpoints.api.organization.OrganizationMember',
  summary: 'Removes a member from all teams and repositories of an organization.',
  status: 204,
  access: organizationAdmin,
  request: {
    params: z.object({ orgname: z.string(), membername: z.string() }),
    query: z.unknown(),
    body: noBody,
  },
  response: z.null(),
  async handle({ params, granted }, { domain }, request) {
    await removeMember(domain, {
      organizationId: granted.organization.id,
      member: params.membername,
      performer: performerOfCall(granted, request),
    });
    return null;
  },
});
