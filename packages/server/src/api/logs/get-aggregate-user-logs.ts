import { z } from 'zod';
import { organizationAdmin, selfAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { logCounts, logCountsSchema } from '#/api/logs/log-counts.ts';
import { performerQuery, periodOf } from '#/api/logs/log-query.ts';

/** How much of what happened in the caller's own namespace, day by day (REST reference 9.29). */
export const getAggregateUserLogs = apiRoute({
  operationId: 'getAggregateUserLogs',
  method: 'GET',
  path: '/user/aggregatelogs',
  group: 'logs',
  resource: 'endpoints.api.logs.UserAggregateLogs',
  summary: "Counts the entries of the action log about the caller's namespace by kind and day.",
  status: 200,
  access: selfAdmin,
  gate: (settings) => settings.featureAggregatedLogCounts,
  request: { params: z.unknown(), query: performerQuery, body: noBody },
  response: logCountsSchema,
  async handle({ query: { performer, ...period }, granted: { account } }, services) {
    return logCounts(services, {
      ...periodOf(period, services.domain.clock.nowMs()),
      scope: { kind: 'namespace', accountId: account.id },
      performer,
      withoutServiceKeys: true,
    });
  },
});

/** How much of what happened in an organization, day by day (REST reference 9.29). */
export const getAggregateOrgLogs = apiRoute({
  operationId: 'getAggregateOrgLogs',
  method: 'GET',
  path: '/organization/:orgname/aggregatelogs',
  group: 'logs',
  resource: 'endpoints.api.logs.OrgAggregateLogs',
  summary: 'Counts the entries of the action log about an organization by kind and day.',
  status: 200,
  access: organizationAdmin,
  gate: (settings) => settings.featureAggregatedLogCounts,
  request: { params: z.object({ orgname: z.string() }), query: performerQuery, body: noBody },
  response: logCountsSchema,
  async handle({ query: { performer, ...period }, granted: { organization } }, services) {
    return logCounts(services, {
      ...periodOf(period, services.domain.clock.nowMs()),
      scope: { kind: 'namespace', accountId: organization.id },
      performer,
    });
  },
});
