import { z } from 'zod';
import { superuser } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { getPresentAccount, superuserGate } from '#/api/superuser/superuser-gate.ts';
import { deleteNamespace } from '#/domain/gc/index.ts';
import { refuseSuperuser } from '#/domain/namespaces/index.ts';

/** Deletes a person who is no superuser, also the only administrator of organizations; what it holds goes in the background (REST reference A.1). */
export const deleteInstallUser = apiRoute({
  operationId: 'deleteInstallUser',
  method: 'DELETE',
  path: '/superuser/users/:username',
  group: 'superuser',
  resource: 'endpoints.api.superuser.SuperUserManagement',
  summary: 'Deletes a user.',
  status: 204,
  access: superuser,
  freshLogin: true,
  gate: superuserGate,
  request: { params: z.object({ username: z.string() }), query: z.unknown(), body: noBody },
  response: z.null(),
  async handle({ params, granted }, services, request) {
    const account = await getPresentAccount(services, 'user', params.username);
    refuseSuperuser(services.domain.settings, account);
    await deleteNamespace(services.domain, {
      accountId: account.id,
      performer: performerOfCall(granted, request),
      force: true,
    });
    return null;
  },
});
