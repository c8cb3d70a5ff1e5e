import { z } from 'zod';
import { superuser } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { accountPageQuery, listAccountPage } from '#/api/superuser/account-pages.ts';
import { organizationEntry, organizationEntrySchema } from '#/api/superuser/organization-entry.ts';
import { superuserGate } from '#/api/superuser/superuser-gate.ts';

/** Every organization by name (REST reference A.2). */
export const listAllOrganizations = apiRoute({
  operationId: 'listAllOrganizations',
  method: 'GET',
  path: '/superuser/organizations/',
  group: 'superuser',
  resource: 'endpoints.api.superuser.SuperUserOrganizationList',
  summary: 'Lists all organizations of the registry.',
  status: 200,
  access: superuser,
  internal: true,
  freshLogin: true,
  gate: superuserGate,
  request: { params: z.unknown(), query: accountPageQuery, body: noBody },
  response: z.object({ organizations: z.array(organizationEntrySchema), next_page: z.string().optional() }),
  async handle({ query }, services) {
    const list = { kind: 'organization', enabledOnly: false } as const;
    const { accounts, nextPage } = await listAccountPage(services, list, query);
    return { organizations: accounts.map(organizationEntry), ...nextPage };
  },
});
