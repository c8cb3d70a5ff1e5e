import { z } from 'zod';
import { anyCaller, selfAdmin } from '#/api/access.ts';
import { apiRoute, jsonBody, noBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { beginExternalSignIn } from '#/auth/external-logins/begin-sign-in.ts';
import { getExternalLogin } from '#/auth/external-logins/external-sign-ins.ts';
import { DomainError } from '#/domain/errors.ts';
import { detachFederatedLogin } from '#/domain/namespaces/index.ts';
import { jsonAnswer } from '#/http/answer.ts';

const params = z.object({ service_id: z.string() });

/** Where to sign in at an external service, for this browser only (REST reference 3.6, 3.7). */
export const retrieveExternalLoginAuthorizationUrl = apiRoute({
  operationId: 'retrieveExternalLoginAuthorizationUrl',
  method: 'POST',
  path: '/externallogin/:service_id',
  group: 'user',
  resource: 'endpoints.api.user.ExternalLoginInformation',
  summary: 'Tells where to sign in at an external service.',
  status: 200,
  access: anyCaller,
  internal: true,
  allowedWhileReadOnly: true,
  allowedAnonymously: true,
  request: {
    params,
    query: z.unknown(),
    body: jsonBody(z.object({ kind: z.enum(['login', 'attach', 'cli']) })),
  },
  response: z.object({ auth_url: z.string() }),
  async handle({ params: { service_id: id }, body: { kind }, granted }, { domain, external }, request) {
    const login = getExternalLogin(external, id);
    const { caller } = granted;
    if (kind !== 'login' && caller.kind !== 'session') {
      throw new DomainError('unauthorized', 'Requires authentication.');
    }
    const { url, cookie } = await beginExternalSignIn(domain, external, login, {
      baseUrl: request.baseUrl,
      kind,
      target: '/',
      ...(caller.kind === 'session' ? { session: caller.session.uuid } : {}),
    });
    return jsonAnswer(200, { auth_url: url }, { 'set-cookie': cookie, 'cache-control': 'no-store' });
  },
});

/**
 * Forgets what an external service calls the caller (REST reference 3.6). The link to the directory where passwords are checked stays: what the directory says
 * of a person, also that somebody is restricted, must not be shaken off.
 */
export const detachExternalLogin = apiRoute({
  operationId: 'detachExternalLogin',
  method: 'POST',
  path: '/detachexternal/:service_id',
  group: 'user',
  resource: 'endpoints.api.user.DetachExternal',
  summary: 'Detaches the account at an external service.',
  status: 200,
  access: selfAdmin,
  internal: true,
  gate: (settings) => settings.featureDirectLogin,
  request: { params, query: z.unknown(), body: noBody },
  response: z.object({ success: z.boolean() }),
  async handle({ params: { service_id: service }, granted }, { basic, domain }, request) {
    if (basic.engine.checksPasswords && service === basic.engine.service)
      throw new DomainError('invalid_request', 'The directory of this registry cannot be detached.');
    await detachFederatedLogin(domain, {
      accountId: granted.account.id,
      service,
      performer: performerOfCall(granted, request),
    });
    return { success: true };
  },
});
