import { z } from 'zod';
import { superuser } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { booleanQuery } from '#/api/shapes/queries.ts';
import { accountPageQuery, listAccountPage } from '#/api/superuser/account-pages.ts';
import { installUserSchema, installUserView } from '#/api/superuser/install-user-view.ts';
import { superuserGate } from '#/api/superuser/superuser-gate.ts';

/** Every person, or those who are not disabled, by name (REST reference A.1). */
export const listAllUsers = apiRoute({
  operationId: 'listAllUsers',
  method: 'GET',
  path: '/superuser/users/',
  group: 'superuser',
  resource: 'endpoints.api.superuser.SuperUserList',
  summary: 'Lists all users of the registry.',
  status: 200,
  access: superuser,
  freshLogin: true,
  gate: superuserGate,
  request: {
    params: z.unknown(),
    query: accountPageQuery.extend({ disabled: booleanQuery(true) }),
    body: noBody,
  },
  response: z.object({ users: z.array(installUserSchema), next_page: z.string().optional() }),
  async handle({ query }, services) {
    const list = { kind: 'user', enabledOnly: !query.disabled } as const;
    const { accounts, nextPage } = await listAccountPage(services, list, query);
    return { users: accounts.map((account) => installUserView(services, account)), ...nextPage };
  },
});
