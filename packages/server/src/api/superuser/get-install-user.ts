import { z } from 'zod';
import { superuser } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { installUserSchema, installUserView } from '#/api/superuser/install-user-view.ts';
import { getPresentAccount, superuserGate } from '#/api/superuser/superuser-gate.ts';

/** REST reference A.1. */
export const getInstallUser = apiRoute({
  operationId: 'getInstallUser',
  method: 'GET',
  path: '/superuser/users/:username',
  group: 'superuser',
  resource: 'endpoints.api.superuser.SuperUserManagement',
  summary: 'Shows a user.',
  status: 200,
  access: superuser,
  freshLogin: true,
  gate: superuserGate,
  request: { params: z.object({ username: z.string() }), query: z.unknown(), body: noBody },
  response: installUserSchema,
  async handle({ params }, services) {
    return installUserView(services, await getPresentAccount(services, 'user', params.username));
  },
});
