import { z } from 'zod';
import { organizationAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { memberViewSchema, memberViews } from '#/api/organization/member-views.ts';

/** The people in the teams of an organization, without robots (REST reference 9.3). */
export const getOrganizationMembers = apiRoute({
  operationId: 'getOrganizationMembers',
  method: 'GET',
  path: '/organization/:orgname/members',
  group: 'organization',
  resource: 'endpoints.api.organization.OrganizationMemberList',
  summary: 'Lists the people who are in a team of an organization.',
  status: 200,
  access: organizationAdmin,
  request: { params: z.object({ orgname: z.string() }), query: z.unknown(), body: noBody },
  response: z.object({ members: z.array(memberViewSchema) }),
  handle: async ({ granted: { organization } }, services) => ({
    members: await memberViews(services, organization.id, { kind: 'user' }),
  }),
});
