import { z } from 'zod';
import { isSuperuser } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import type { ApiServices, ApiSettings } from '#/api/api-services.ts';
import { mayAdminister } from '#/api/organization/organization-access.ts';
import { formatDate } from '#/api/shapes/dates.ts';
import { booleanQuery } from '#/api/shapes/queries.ts';
import { teamInviteView } from '#/api/team/invite-view.ts';
import { syncServiceOf } from '#/api/team/sync-service.ts';
import { type GrantedTeam, maySetSync, teamViewer } from '#/api/team/team-access.ts';
import { inviteViewSchema, memberViewSchema, teamMemberView } from '#/api/team/team-view.ts';
import { findTeamSync, listTeamInvites, listTeamMembers } from '#/domain/namespaces/index.ts';

/** People and robots of a team, on request with the invited ones (REST reference 9.6). */
export const getOrganizationTeamMembers = apiRoute({
  operationId: 'getOrganizationTeamMembers',
  method: 'GET',
  path: '/organization/:orgname/team/:teamname/members',
  group: 'team',
  resource: 'endpoints.api.team.TeamMemberList',
  summary: 'Lists the members of a team.',
  status: 200,
  access: teamViewer,
  request: {
    params: z.object({ orgname: z.string(), teamname: z.string() }),
    query: z.object({ includePending: booleanQuery(false) }),
    body: noBody,
  },
  response: z.object({
    name: z.string(),
    members: z.array(z.union([memberViewSchema, inviteViewSchema])),
    can_edit: z.boolean(),
    can_sync: z.object({ service: z.string(), base_dn: z.string().optional() }).optional(),
    synced: z
      .object({
        service: z.string(),
        last_updated: z.string().nullable().optional(),
        config: z.record(z.string(), z.unknown()).optional(),
      })
      .optional(),
  }),
  async handle({ query, granted }, services) {
    const { read } = services.domain.database;
    const { team } = granted;
    const canEdit = await mayAdminister(services, granted);
    const members = await listTeamMembers(read, team.id);
    const invites = query.includePending && canEdit ? await listTeamInvites(read, team.id) : [];
    return {
      name: team.name,
      members: [
        ...members.map((member) => teamMemberView(member, false)),
        ...invites.map((invite) => teamInviteView(invite)),
      ],
      can_edit: canEdit,
      ...(await syncView(services, granted, canEdit)),
    };
  },
});

/** Names of groups of LDAP are relative to the base name. */
function canSync(service: string, { groupBaseDn }: ApiSettings) {
  return { service, ...(groupBaseDn === undefined ? {} : { base_dn: groupBaseDn }) };
}

/** What binds the team to a group of the directory, and whether the caller may change that. */
async function syncView(services: ApiServices, { caller, team }: GrantedTeam, canEdit: boolean) {
  const { settings, domain } = services;
  const service = syncServiceOf(settings.authenticationType);
  if (!settings.featureTeamSyncing || service === undefined) return {};
  const sync = await findTeamSync(domain.database.read, team.id);
  return {
    ...(canEdit && maySetSync(services, caller) ? { can_sync: canSync(service.name, settings) } : {}),
    ...(sync === undefined
      ? {}
      : {
          synced: {
            service: sync.service,
            ...(isSuperuser(caller)
              ? { last_updated: formatDate(sync.lastUpdatedMs), config: sync.config }
              : {}),
          },
        }),
  };
}
