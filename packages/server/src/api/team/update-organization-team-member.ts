import { z } from 'zod';
import { apiRoute, noBody } from '#/api/api-route.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { performerOfCall } from '#/api/performer.ts';
import { announceInvite, mailInvite } from '#/api/team/invite-notices.ts';
import { type GrantedTeam, teamAdmin } from '#/api/team/team-access.ts';
import { memberViewSchema, teamMemberView } from '#/api/team/team-view.ts';
import { DomainError } from '#/domain/errors.ts';
import { addOrInviteTeamMember, addTeamMember, findAccountByName } from '#/domain/namespaces/index.ts';
import { actingAccount } from '#/domain/permissions/index.ts';
import type { RequestContext } from '#/http/route.ts';

/** Adds somebody to a team, or invites a person who is not in the organization yet (REST reference 9.6). */
export const updateOrganizationTeamMember = apiRoute({
  operationId: 'updateOrganizationTeamMember',
  method: 'PUT',
  path: '/organization/:orgname/team/:teamname/members/:membername',
  group: 'team',
  resource: 'endpoints.api.team.TeamMember',
  summary: 'Adds a user or robot to a team, or invites the user.',
  status: 200,
  access: teamAdmin,
  request: {
    params: z.object({ orgname: z.string(), teamname: z.string(), membername: z.string() }),
    query: z.unknown(),
    body: noBody,
  },
  response: memberViewSchema,
  async handle({ params, granted }, services, request) {
    const { domain, settings } = services;
    if (settings.featureMailing && settings.featureRequireTeamInvite) {
      return addOrInvite(services, granted, params.membername, request);
    }
    await addTeamMember(domain, {
      organizationId: granted.organization.id,
      team: granted.team.name,
      member: params.membername,
      performer: performerOfCall(granted, request),
    });
    const member = await findAccountByName(domain.database.read, params.membername);
    if (member === undefined) throw new DomainError('not_found', 'Not Found');
    return teamMemberView(member, false);
  },
});

async function addOrInvite(
  services: ApiServices,
  granted: GrantedTeam,
  name: string,
  request: RequestContext,
) {
  const inviter = actingAccount(granted.principal);
  if (inviter === undefined) throw new DomainError('unauthorized', 'Requires authentication.');
  const { member, invited } = await addOrInviteTeamMember(services.domain, {
    organizationId: granted.organization.id,
    team: granted.team.name,
    member: name,
    inviter,
    announce: announceInvite(services),
    mail: mailInvite(services, request),
    performer: performerOfCall(granted, request),
  });
  return teamMemberView(member, invited !== undefined);
}
