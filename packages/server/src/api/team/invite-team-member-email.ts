import { z } from 'zod';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { mailInvite } from '#/api/team/invite-notices.ts';
import { teamInviteView } from '#/api/team/invite-view.ts';
import { teamAdmin } from '#/api/team/team-access.ts';
import { inviteViewSchema } from '#/api/team/team-view.ts';
import { DomainError } from '#/domain/errors.ts';
import { inviteTeamMemberByEmail } from '#/domain/namespaces/index.ts';
import { actingAccount } from '#/domain/permissions/index.ts';

/** Mails an invitation to somebody who may have no account yet (REST reference 9.6). */
export const inviteTeamMemberEmail = apiRoute({
  operationId: 'inviteTeamMemberEmail',
  method: 'PUT',
  path: '/organization/:orgname/team/:teamname/invite/:email',
  group: 'team',
  resource: 'endpoints.api.team.InviteTeamMember',
  summary: 'Invites an e-mail address to a team.',
  status: 200,
  access: teamAdmin,
  gate: (settings) => settings.featureMailing,
  request: {
    params: z.object({ orgname: z.string(), teamname: z.string(), email: z.string() }),
    query: z.unknown(),
    body: noBody,
  },
  response: inviteViewSchema,
  async handle({ params, granted }, services, request) {
    const inviter = actingAccount(granted.principal);
    if (inviter === undefined) throw new DomainError('unauthorized', 'Requires authentication.');
    const invite = await inviteTeamMemberByEmail(services.domain, {
      organizationId: granted.organization.id,
      team: granted.team.name,
      email: params.email,
      inviter,
      mail: mailInvite(services, request),
      performer: performerOfCall(granted, request),
    });
    return teamInviteView(invite);
  },
});
