import { z } from 'zod';
import { superuser } from '#/api/access.ts';
import { apiRoute, noBody } from '#/api/api-route.ts';
import { getPresentAccount, requireDatabaseAccounts, superuserGate } from '#/api/superuser/superuser-gate.ts';
import { DomainError } from '#/domain/errors.ts';
import { refuseSuperuser } from '#/domain/namespaces/index.ts';
import { sendRecoveryMail } from '#/domain/sign-in/index.ts';

/** Mails a person the way back in (REST reference A.1). */
export const sendInstallUserRecoveryEmail = apiRoute({
  operationId: 'sendInstallUserRecoveryEmail',
  method: 'POST',
  path: '/superusers/users/:username/sendrecovery',
  group: 'superuser',
  resource: 'endpoints.api.superuser.SuperUserSendRecoveryEmail',
  summary: 'Mails a user a link with which to recover the account.',
  status: 200,
  access: superuser,
  internal: true,
  freshLogin: true,
  gate: (settings) => superuserGate(settings) && settings.featureMailing,
  request: { params: z.object({ username: z.string() }), query: z.unknown(), body: noBody },
  response: z.object({ email: z.string() }),
  async handle({ params }, services, request) {
    const { domain, settings } = services;
    requireDatabaseAccounts(services);
    const account = await getPresentAccount(services, 'user', params.username);
    refuseSuperuser(domain.settings, account);
    if (account.email === null) {
      throw new DomainError('invalid_request', 'The user has no e-mail address; set one first.');
    }
    const context = { baseUrl: request.baseUrl, registryTitle: settings.registryTitle };
    await sendRecoveryMail(domain, context, account);
    return { email: account.email };
  },
});
