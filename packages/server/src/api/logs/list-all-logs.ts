import { z } from 'zod';
import { superuser } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { logCounts, logCountsSchema } from '#/api/logs/log-counts.ts';
import { logPage, logPageSchema } from '#/api/logs/log-page.ts';
import { pagedQuery, periodOf, periodQuery } from '#/api/logs/log-query.ts';

const scope = { kind: 'registry' } as const;

/** What happened anywhere, newest first (REST reference A.3). */
export const listAllLogs = apiRoute({
  operationId: 'listAllLogs',
  method: 'GET',
  path: '/superuser/logs',
  group: 'superuser',
  resource: 'endpoints.api.superuser.SuperUserLogs',
  summary: 'Lists the entries of the action log of the whole registry, newest first.',
  status: 200,
  access: superuser,
  freshLogin: true,
  gate: (settings) => settings.featureSuperUsers,
  request: { params: z.unknown(), query: periodQuery.extend(pagedQuery), body: noBody },
  response: logPageSchema,
  async handle({ query }, services) {
    const selection = { ...periodOf(query, services.domain.clock.nowMs()), scope };
    return logPage(services, selection, { nextPage: query.next_page, withNamespace: true });
  },
});

/** How much of what happened anywhere, day by day (REST reference A.3). */
export const listAllAggregateLogs = apiRoute({
  operationId: 'listAllAggregateLogs',
  method: 'GET',
  path: '/superuser/aggregatelogs',
  group: 'superuser',
  resource: 'endpoints.api.superuser.SuperUserAggregateLogs',
  summary: 'Counts the entries of the action log of the whole registry by kind and day.',
  status: 200,
  access: superuser,
  scope: null,
  internal: true,
  freshLogin: true,
  gate: (settings) => settings.featureSuperUsers,
  request: { params: z.unknown(), query: periodQuery, body: noBody },
  response: logCountsSchema,
  async handle({ query }, services) {
    return logCounts(services, { ...periodOf(query, services.domain.clock.nowMs()), scope });
  },
});
