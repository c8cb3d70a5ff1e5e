import { z } from 'zod';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { retractInvite } from '#/api/team/invite-notices.ts';
import { teamAdmin } from '#/api/team/team-access.ts';
import { withdrawTeamInviteByEmail } from '#/domain/namespaces/index.ts';

/** REST reference 9.6. */
export const deleteTeamMemberEmailInvite = apiRoute({
  operationId: 'deleteTeamMemberEmailInvite',
  method: 'DELETE',
  path: '/organization/:orgname/team/:teamname/invite/:email',
  group: 'team',
  resource: 'endpoints.api.team.InviteTeamMember',
  summary: 'Withdraws the invitation of an e-mail address.',
  status: 204,
  access: teamAdmin,
  gate: (settings) => settings.featureMailing,
  request: {
    params: z.object({ orgname: z.string(), teamname: z.string(), email: z.string() }),
    query: z.unknown(),
    body: noBody,
  },
  response: z.null(),
  async handle({ params, granted }, { domain }, request) {
    await withdrawTeamInviteByEmail(domain, {
      organizationId: granted.organization.id,
      team: granted.team.name,
      email: params.email,
      retract: retractInvite,
      performer: performerOfCall(granted, request),
    });
    return null;
  },
});
