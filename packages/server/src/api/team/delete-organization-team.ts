import { z } from 'zod';
import { organizationAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { retractInvite } from '#/api/team/invite-notices.ts';
import { deleteTeam } from '#/domain/namespaces/index.ts';

/** REST reference 9.6. */
export const deleteOrganizationTeam = apiRoute({
  operationId: 'deleteOrganizationTeam',
  method: 'DELETE',
  path: '/organization/:orgname/team/:teamname',
  group: 'team',
  resource: 'endpoints.api.team.OrganizationTeam',
  summary: 'Deletes a team with its permissions.',
  status: 204,
  access: organizationAdmin,
  request: {
    params: z.object({ orgname: z.string(), teamname: z.string() }),
    query: z.unknown(),
    body: noBody,
  },
  response: z.null(),
  async handle({ params, granted }, { domain }, request) {
    await deleteTeam(domain, {
      organizationId: granted.organization.id,
      team: params.teamname,
      retract: retractInvite,
      performer: performerOfCall(granted, request),
    });
    return null;
  },
});
