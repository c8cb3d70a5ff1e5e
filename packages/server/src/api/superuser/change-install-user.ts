import { z } from 'zod';
import { superuser } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { installUserSchema, installUserView } from '#/api/superuser/install-user-view.ts';
import { getPresentAccount, requireDatabaseAccounts, superuserGate } from '#/api/superuser/superuser-gate.ts';
import { encryptPassword } from '#/auth/encrypted-password.ts';
import { changeUserAsSuperuser } from '#/domain/namespaces/index.ts';

/** Changes password, address, state or superuser right of a person who is no superuser (REST reference A.1). */
export const changeInstallUser = apiRoute({
  operationId: 'changeInstallUser',
  method: 'PUT',
  path: '/superuser/users/:username',
  group: 'superuser',
  resource: 'endpoints.api.superuser.SuperUserManagement',
  summary: 'Changes a user.',
  status: 200,
  access: superuser,
  freshLogin: true,
  gate: superuserGate,
  request: {
    params: z.object({ username: z.string() }),
    query: z.unknown(),
    body: jsonBody(
      z.object({
        password: z.string().optional(),
        email: z.string().optional(),
        enabled: z.boolean().optional(),
        superuser: z.boolean().optional(),
      }),
    ),
  },
  response: installUserSchema.extend({ encrypted_password: z.string().optional() }),
  async handle({ params, body, granted }, services, request) {
    const { domain, settings } = services;
    const found = await getPresentAccount(services, 'user', params.username);
    if (body.password !== undefined) requireDatabaseAccounts(services);
    if (body.email !== undefined && settings.authenticationType !== 'AppToken') {
      requireDatabaseAccounts(services);
    }
    const account = await changeUserAsSuperuser(domain, {
      accountId: found.id,
      ...body,
      performer: performerOfCall(granted, request),
      performerName: granted.account.name,
    });
    return {
      ...installUserView(services, account),
      ...(body.password === undefined
        ? {}
        : { encrypted_password: encryptPassword(settings.secretKey, body.password) }),
    };
  },
});
