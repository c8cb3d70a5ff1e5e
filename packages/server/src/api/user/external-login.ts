import { z } from 'zod';
import { anyCaller, selfAdmin } from '#/api/access.ts';
import { apiRoute, jsonBody, noBody } from '#/api/api-route.ts';
import { DomainError } from '#/domain/errors.ts';
import { detachFederatedLogin } from '#/domain/namespaces/index.ts';

const params = z.object({ service_id: z.string() });

/** Where to sign in at an external service (REST reference 3.6). No service is available yet: each is unknown. */
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
  async handle() {
    throw new DomainError('invalid_request', 'There is no such sign-in service on this registry.');
  },
});

/** Forgets what an external service calls the caller (REST reference 3.6). */
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
  async handle({ params: { service_id: service }, granted }, { domain }) {
    await detachFederatedLogin(domain, { accountId: granted.account.id, service });
    return { success: true };
  },
});
