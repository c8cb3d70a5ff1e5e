import { z } from 'zod';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { grantedRolesSchema, grantedRolesView } from '#/api/permission/granted-roles.ts';
import { teamAdmin } from '#/api/team/team-access.ts';
import { listGrantedRoles } from '#/domain/permissions/index.ts';

/** The repositories on which a team has a permission (REST reference 9.6). */
export const getOrganizationTeamPermissions = apiRoute({
  operationId: 'getOrganizationTeamPermissions',
  method: 'GET',
  path: '/organization/:orgname/team/:teamname/permissions',
  group: 'team',
  resource: 'endpoints.api.team.TeamPermissions',
  summary: 'Lists the permissions of a team on repositories.',
  status: 200,
  access: teamAdmin,
  scope: null,
  request: {
    params: z.object({ orgname: z.string(), teamname: z.string() }),
    query: z.unknown(),
    body: noBody,
  },
  response: grantedRolesSchema,
  async handle({ granted: { organization, team } }, { domain }) {
    const roles = await listGrantedRoles(domain.database.read, organization.id, { teamId: team.id });
    return grantedRolesView(roles);
  },
});
