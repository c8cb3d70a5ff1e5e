import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { ApiServices } from '#/api/api-services.ts';
import { encryptPassword } from '#/auth/encrypted-password.ts';
import { DomainError } from '#/domain/errors.ts';
import { initializeFirstUser as initializeUser } from '#/domain/tokens/index.ts';
import { jsonAnswer } from '#/http/answer.ts';
import { route } from '#/http/route.ts';

const bodyLimitBytes = 64 * 1024;

/**
 * Creates the very first user, a superuser, on a fresh server, and on request an OAuth token with all scopes, so that a server can be set up by script
 * (REST reference G.2). Closed for ever once a user exists.
 */
export const initializeFirstUser = route({
  operationId: 'initializeFirstUser',
  method: 'POST',
  url: '/api/v1/user/initialize',
  status: 200,
  access: { name: 'public', check: async () => undefined },
  request: {
    params: z.unknown(),
    query: z.unknown(),
    body: {
      kind: 'json',
      limitBytes: bodyLimitBytes,
      schema: z.object({
        username: z.string(),
        password: z.string(),
        email: z.string().nullish(),
        access_token: z.boolean().optional(),
        /** Wharf's own: the one-time token that the start prints when the server can be reached from other machines. */
        setup_token: z.string().optional(),
      }),
    },
  },
  response: z.object({
    username: z.string(),
    email: z.string().nullable(),
    encrypted_password: z.string(),
    access_token: z.string().optional(),
  }),
  async handle({ body }, services: ApiServices, request) {
    const { settings } = services;
    if (!settings.featureUserInitialize) {
      throw new DomainError('not_found', 'Set FEATURE_USER_INITIALIZE to true to create the first user so.');
    }
    if (!settings.internalAuthentication) {
      throw new DomainError(
        'invalid_request',
        'The first user can be created here with AUTHENTICATION_TYPE Database only.',
      );
    }
    requireSetupToken(settings.setupToken, body.setup_token);
    const { user, accessToken } = await initializeUser(services.domain, {
      name: body.username,
      password: body.password,
      email: body.email ?? undefined,
      withAccessToken: body.access_token ?? false,
      ip: request.ip,
    });
    return jsonAnswer(200, {
      username: user.name,
      email: user.email,
      encrypted_password: encryptPassword(settings.secretKey, body.password),
      ...(accessToken === undefined ? {} : { access_token: accessToken }),
    });
  },
});

/** Compared in constant time, over digests so that the lengths say nothing. */
function requireSetupToken(expected: string | undefined, given: string | undefined): void {
  if (expected === undefined) return;
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  if (given !== undefined && timingSafeEqual(digest(expected), digest(given))) return;
  throw new DomainError(
    'denied',
    'This server can be reached from other machines: send the setup_token that it printed when it started.',
  );
}
