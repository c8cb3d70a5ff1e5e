import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { anyCaller } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { encryptPassword } from '#/auth/encrypted-password.ts';
import { signInHeaders } from '#/auth/sessions/sign-in.ts';
import { DomainError } from '#/domain/errors.ts';
import { initializeFirstUser as initializeUser } from '#/domain/tokens/index.ts';
import { jsonAnswer } from '#/http/answer.ts';
import { isLoopbackHost } from '#/http/loopback.ts';
import { requestFacts } from '#/http/request-facts.ts';

/**
 * Creates the very first user, a superuser, on a fresh server, and on request an OAuth token with all scopes, so that a server can be set up by script
 * (REST reference G.2). Closed for ever once a user exists.
 */
export const initializeFirstUser = apiRoute({
  operationId: 'initializeFirstUser',
  method: 'POST',
  path: '/user/initialize',
  group: 'user',
  resource: 'endpoints.api.user.InitializeFirstUser',
  summary: 'Creates the very first user of a fresh registry.',
  status: 200,
  access: anyCaller,
  internal: true,
  allowedAnonymously: true,
  withoutCsrfToken: true,
  gate: (settings) => settings.featureUserInitialize,
  request: {
    params: z.unknown(),
    query: z.unknown(),
    body: jsonBody(
      z.object({
        username: z.string(),
        password: z.string(),
        email: z.string().nullish(),
        access_token: z.boolean().optional(),
        /** Wharf's own: the one-time token that the start prints when the server can be reached from other machines. */
        setup_token: z.string().optional(),
      }),
    ),
  },
  response: z.object({
    username: z.string(),
    email: z.string().nullable(),
    encrypted_password: z.string(),
    access_token: z.string().optional(),
  }),
  async handle({ body }, services, request) {
    const { settings } = services;
    if (settings.authenticationType !== 'Database') {
      throw new DomainError(
        'invalid_request',
        'The first user can be created here with AUTHENTICATION_TYPE Database only.',
      );
    }
    requireSetupToken(settings.setupToken, body.setup_token);
    if (settings.setupToken === undefined) refuseForeignPage(services, request.headers.origin);
    const { user, accessToken } = await initializeUser(services.domain, {
      name: body.username,
      password: body.password,
      email: body.email ?? undefined,
      withAccessToken: body.access_token ?? false,
      ip: request.ip,
    });
    const view = {
      username: user.name,
      email: user.email,
      encrypted_password: encryptPassword(settings.secretKey, body.password),
      ...(accessToken === undefined ? {} : { access_token: accessToken }),
    };
    const headers = await signInHeaders(services.domain, settings.session, {
      account: user,
      ip: request.ip,
      userAgent: request.headers['user-agent'],
      facts: requestFacts(request),
    });
    return jsonAnswer(200, view, headers);
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

/** No token is needed on a server for this machine only: a page of a site whose name was made to lead here must not set it up. */
function refuseForeignPage({ domain }: ApiServices, origin: string | undefined): void {
  if (origin === undefined) return;
  const host = URL.canParse(origin) ? new URL(origin).host : '';
  const { publicUrl } = domain.settings;
  if (isLoopbackHost(host) || (publicUrl !== undefined && new URL(publicUrl).host === host)) return;
  throw new DomainError('denied', 'The first user is not created from a page of another site.');
}
