import { z } from 'zod';
import { selfAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import type { ApiSettings } from '#/api/api-services.ts';
import { performerOfCall } from '#/api/performer.ts';
import { retractInvite } from '#/api/team/invite-notices.ts';
import { acceptTeamInvite, declineTeamInvite } from '#/domain/namespaces/index.ts';

const shared = {
  path: '/teaminvite/:code',
  group: 'team',
  resource: 'endpoints.api.team.TeamMemberInvite',
  access: selfAdmin,
  internal: true,
  gate: (settings: ApiSettings) => settings.featureMailing,
  request: { params: z.object({ code: z.string() }), query: z.unknown(), body: noBody },
} as const;

/** Joins the team of an invitation (REST reference 9.6). */
export const acceptOrganizationTeamInvite = apiRoute({
  ...shared,
  operationId: 'acceptOrganizationTeamInvite',
  method: 'PUT',
  summary: 'Accepts an invitation to a team.',
  status: 200,
  response: z.object({ org: z.string(), team: z.string() }),
  async handle({ params, granted }, { domain }, request) {
    const invite = await acceptTeamInvite(domain, {
      code: params.code,
      account: granted.account,
      retract: retractInvite,
      performer: performerOfCall(granted, request),
    });
    return { org: invite.organization, team: invite.team };
  },
});

/** Turns an invitation down. */
export const declineOrganizationTeamInvite = apiRoute({
  ...shared,
  operationId: 'declineOrganizationTeamInvite',
  method: 'DELETE',
  summary: 'Declines an invitation to a team.',
  status: 204,
  response: z.null(),
  async handle({ params, granted }, { domain }, request) {
    await declineTeamInvite(domain, {
      code: params.code,
      account: granted.account,
      retract: retractInvite,
      performer: performerOfCall(granted, request),
    });
    return null;
  },
});
