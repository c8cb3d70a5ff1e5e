import { z } from 'zod';
import { organizationAdmin, selfAdmin } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { logPage, logPageSchema } from '#/api/logs/log-page.ts';
import { pagedQuery, performerQuery, periodOf } from '#/api/logs/log-query.ts';

const query = performerQuery.extend(pagedQuery);

/** What happened in the caller's own namespace, newest first; acts of operators on service keys are left out (REST reference 9.29). */
export const listUserLogs = apiRoute({
  operationId: 'listUserLogs',
  method: 'GET',
  path: '/user/logs',
  group: 'logs',
  resource: 'endpoints.api.logs.UserLogs',
  summary: "Lists the entries of the action log about the caller's namespace, newest first.",
  status: 200,
  access: selfAdmin,
  request: { params: z.unknown(), query, body: noBody },
  response: logPageSchema,
  async handle({ query: { performer, next_page, ...period }, granted: { account } }, services) {
    const selection = {
      ...periodOf(period, services.domain.clock.nowMs()),
      scope: { kind: 'namespace', accountId: account.id } as const,
      performer,
      withoutServiceKeys: true,
    };
    return logPage(services, selection, { nextPage: next_page });
  },
});

/** What happened in an organization, newest first (REST reference 9.29). */
export const listOrgLogs = apiRoute({
  operationId: 'listOrgLogs',
  method: 'GET',
  path: '/organization/:orgname/logs',
  group: 'logs',
  resource: 'endpoints.api.logs.OrgLogs',
  summary: 'Lists the entries of the action log about an organization, newest first.',
  status: 200,
  access: organizationAdmin,
  request: { params: z.object({ orgname: z.string() }), query, body: noBody },
  response: logPageSchema,
  async handle({ query: { performer, next_page, ...period }, granted: { organization } }, services) {
    const selection = {
      ...periodOf(period, services.domain.clock.nowMs()),
      scope: { kind: 'namespace', accountId: organization.id } as const,
      performer,
    };
    return logPage(services, selection, { nextPage: next_page });
  },
});
