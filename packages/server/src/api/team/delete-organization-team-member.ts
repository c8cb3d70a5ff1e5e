import { z } from 'zod';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { retractInvite } from '#/api/team/invite-notices.ts';
import { teamAdmin } from '#/api/team/team-access.ts';
import { removeTeamMember, withdrawTeamInvite } from '#/domain/namespaces/index.ts';

/** Withdraws the open invitation of a person, else takes the member out of the team (REST reference 9.6). */
export const deleteOrganizationTeamMember = apiRoute({
  operationId: 'deleteOrganizationTeamMember',
  method: 'DELETE',
  path: '/organization/:orgname/team/:teamname/members/:membername',
  group: 'team',
  resource: 'endpoints.api.team.TeamMember',
  summary: 'Removes a member from a team, or withdraws the invitation.',
  status: 204,
  access: teamAdmin,
  request: {
    params: z.object({ orgname: z.string(), teamname: z.string(), membername: z.string() }),
    query: z.unknown(),
    body: noBody,
  },
  response: z.null(),
  async handle({ params, granted }, { domain }, request) {
    const membership = {
      organizationId: granted.organization.id,
      team: granted.team.name,
      member: params.membername,
      performer: performerOfCall(granted, request),
    };
    const withdrawn = await withdrawTeamInvite(domain, { ...membership, retract: retractInvite });
    if (!withdrawn) await removeTeamMember(domain, membership);
    return null;
  },
});
