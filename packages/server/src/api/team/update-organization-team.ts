import { z } from 'zod';
import { organizationAdmin } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { teamView, teamViewSchema } from '#/api/team/team-view.ts';
import { putTeam } from '#/domain/namespaces/index.ts';

/** Creates a team, or changes its role and description (REST reference 9.6). */
export const updateOrganizationTeam = apiRoute({
  operationId: 'updateOrganizationTeam',
  method: 'PUT',
  path: '/organization/:orgname/team/:teamname',
  group: 'team',
  resource: 'endpoints.api.team.OrganizationTeam',
  summary: 'Creates a team, or changes its role and description.',
  status: 200,
  access: organizationAdmin,
  request: {
    params: z.object({ orgname: z.string(), teamname: z.string() }),
    query: z.unknown(),
    body: jsonBody(
      z.object({ role: z.enum(['member', 'creator', 'admin']), description: z.string().optional() }),
    ),
  },
  response: teamViewSchema,
  async handle({ params, body, granted }, { domain }, request) {
    const { team, created } = await putTeam(domain, {
      organizationId: granted.organization.id,
      name: params.teamname,
      role: body.role,
      description: body.description,
      performer: performerOfCall(granted, request),
    });
    return teamView(team, created);
  },
});
