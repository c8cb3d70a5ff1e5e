import { z } from 'zod';
import { superuser } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { getPresentAccount, superuserGate } from '#/api/superuser/superuser-gate.ts';
import { deleteNamespace } from '#/domain/gc/index.ts';

/** Deletes an organization; what it holds goes in the background (REST reference A.2). */
export const deleteOrganization = apiRoute({
  operationId: 'deleteOrganization',
  method: 'DELETE',
  path: '/superuser/organizations/:name',
  group: 'superuser',
  resource: 'endpoints.api.superuser.SuperUserOrganizationManagement',
  summary: 'Deletes an organization.',
  status: 204,
  access: superuser,
  freshLogin: true,
  gate: superuserGate,
  request: { params: z.object({ name: z.string() }), query: z.unknown(), body: noBody },
  response: z.null(),
  async handle({ params, granted }, services, request) {
    const organization = await getPresentAccount(services, 'organization', params.name);
    await deleteNamespace(services.domain, {
      accountId: organization.id,
      performer: performerOfCall(granted, request),
      force: true,
    });
    return null;
  },
});
