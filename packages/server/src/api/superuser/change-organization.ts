import { z } from 'zod';
import { superuser } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { organizationEntry, organizationEntrySchema } from '#/api/superuser/organization-entry.ts';
import { getPresentAccount, superuserGate } from '#/api/superuser/superuser-gate.ts';
import { renameAccount } from '#/domain/namespaces/index.ts';

/** Renames an organization (REST reference A.2). */
export const changeOrganization = apiRoute({
  operationId: 'changeOrganization',
  method: 'PUT',
  path: '/superuser/organizations/:name',
  group: 'superuser',
  resource: 'endpoints.api.superuser.SuperUserOrganizationManagement',
  summary: 'Renames an organization.',
  status: 200,
  access: superuser,
  freshLogin: true,
  gate: superuserGate,
  request: {
    params: z.object({ name: z.string() }),
    query: z.unknown(),
    body: jsonBody(z.object({ name: z.string().optional() })),
  },
  response: organizationEntrySchema,
  async handle({ params, body, granted }, services, request) {
    const organization = await getPresentAccount(services, 'organization', params.name);
    if (body.name === undefined) return organizationEntry(organization);
    const renamed = await renameAccount(services.domain, {
      accountId: organization.id,
      name: body.name,
      performer: performerOfCall(granted, request),
      superuser: granted.account.name,
    });
    return organizationEntry(renamed);
  },
});
