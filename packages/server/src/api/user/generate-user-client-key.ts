import { z } from 'zod';
import { selfAdmin } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { encryptPassword } from '#/auth/encrypted-password.ts';
import { verifyOwnPassword } from '#/auth/verify-own-password.ts';
import { DomainError } from '#/domain/errors.ts';
import { recordAccountChange } from '#/domain/namespaces/index.ts';

/** The encrypted form of the caller's password, for clients that store it (REST reference 9.1). */
export const generateUserClientKey = apiRoute({
  operationId: 'generateUserClientKey',
  method: 'POST',
  path: '/user/clientkey',
  group: 'user',
  resource: 'endpoints.api.user.ClientKey',
  summary: 'Encrypts the password for use by clients.',
  status: 200,
  access: selfAdmin,
  internal: true,
  request: { params: z.unknown(), query: z.unknown(), body: jsonBody(z.object({ password: z.string() })) },
  response: z.object({ key: z.string() }),
  async handle({ body, granted }, { domain, settings, basic }, request) {
    const { account } = granted;
    if (!basic.engine.checksPasswords) {
      throw new DomainError(
        'not_found',
        'No passwords are checked on this registry: use application tokens.',
      );
    }
    const verification = await verifyOwnPassword(domain, basic.engine, account, body.password);
    if ('refusal' in verification || verification.account.id !== account.id) {
      if ('refusal' in verification && verification.refusal.code === 'login_throttled')
        throw verification.refusal;
      throw new DomainError('invalid_request', 'Invalid Username or Password');
    }
    await recordAccountChange(domain, {
      kind: 'user_generate_client_key',
      accountId: account.id,
      performer: performerOfCall(granted, request),
    });
    return { key: encryptPassword(settings.secretKey, body.password) };
  },
});
