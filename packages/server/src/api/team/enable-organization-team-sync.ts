import { z } from 'zod';
import { apiRoute, jsonBody, noBody } from '#/api/api-route.ts';
import type { ApiSettings } from '#/api/api-services.ts';
import { performerOfCall } from '#/api/performer.ts';
import { syncServiceOf } from '#/api/team/sync-service.ts';
import { teamSyncSetter } from '#/api/team/team-access.ts';
import { teamView, teamViewSchema } from '#/api/team/team-view.ts';
import { DomainError } from '#/domain/errors.ts';
import { disableTeamSync, enableTeamSync } from '#/domain/namespaces/index.ts';

const shared = {
  path: '/organization/:orgname/team/:teamname/syncing',
  group: 'team',
  resource: 'endpoints.api.team.OrganizationTeamSyncing',
  status: 200,
  access: teamSyncSetter,
  freshLogin: true,
  gate: (settings: ApiSettings) => settings.featureTeamSyncing && !settings.isHostedService,
  response: teamViewSchema,
} as const;

const params = z.object({ orgname: z.string(), teamname: z.string() });

/** Lets the people of a team follow a group of the directory (REST reference 9.6). */
export const enableOrganizationTeamSync = apiRoute({
  ...shared,
  operationId: 'enableOrganizationTeamSync',
  method: 'POST',
  summary: 'Binds a team to a group of the directory.',
  request: { params, query: z.unknown(), body: jsonBody(z.record(z.string(), z.unknown())) },
  async handle({ body, granted }, { basic, domain, settings }, request) {
    const service = syncServiceOf(settings.authenticationType);
    if (service === undefined) {
      throw new DomainError(
        'invalid_request',
        'The people of this registry come from no directory with groups.',
      );
    }
    const config = service.config.safeParse(body);
    if (!config.success) {
      throw new DomainError('invalid_request', `The body does not name a group of ${service.name}.`);
    }
    // A provider that tells groups at sign-in only cannot be asked whether there is one.
    const fault = await basic.engine.groups?.findGroupFault(config.data);
    if (fault !== undefined) throw new DomainError('invalid_request', fault);
    const team = await enableTeamSync(domain, {
      organizationId: granted.organization.id,
      team: granted.team.name,
      service: service.name,
      config: config.data,
      performer: performerOfCall(granted, request),
    });
    return teamView(team, false);
  },
});

/** Ends that; the present members stay. */
export const disableOrganizationTeamSync = apiRoute({
  ...shared,
  operationId: 'disableOrganizationTeamSync',
  method: 'DELETE',
  summary: 'Frees a team from its group of the directory.',
  request: { params, query: z.unknown(), body: noBody },
  async handle({ granted }, { domain }, request) {
    const team = await disableTeamSync(domain, {
      organizationId: granted.organization.id,
      team: granted.team.name,
      performer: performerOfCall(granted, request),
    });
    return teamView(team, false);
  },
});
