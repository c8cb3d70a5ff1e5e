import { z } from 'zod';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { firstStep } from '#/api/superuser/configuration/first-step.ts';
import { superuserGate } from '#/api/superuser/superuser-gate.ts';
import { signInHeaders } from '#/auth/sessions/sign-in.ts';
import { DomainError } from '#/domain/errors.ts';
import { initializeFirstUser } from '#/domain/tokens/index.ts';
import { jsonAnswer } from '#/http/answer.ts';
import { requestFacts } from '#/http/request-facts.ts';

/** Creates the very first user, a superuser, and signs it in; only from this machine, and closed for ever once a user exists. */
export const createInitialSuperuser = apiRoute({
  operationId: 'scCreateInitialSuperuser',
  method: 'POST',
  path: '/superuser/config/createsuperuser',
  group: 'suconfig',
  resource: 'endpoints.api.suconfig.SuperUserCreateInitialSuperUser',
  summary: 'Creates the very first user of a fresh registry.',
  status: 200,
  access: firstStep,
  internal: true,
  allowedAnonymously: true,
  gate: superuserGate,
  request: {
    params: z.unknown(),
    query: z.unknown(),
    body: jsonBody(z.object({ username: z.string(), password: z.string(), email: z.string() })),
  },
  response: z.object({ status: z.literal(true) }),
  async handle({ body }, { domain, settings }, request) {
    if (settings.authenticationType !== 'Database')
      throw new DomainError(
        'invalid_request',
        'The first user can be created here with AUTHENTICATION_TYPE Database only.',
      );
    const { user } = await initializeFirstUser(domain, {
      name: body.username,
      password: body.password,
      email: body.email,
      withAccessToken: false,
      ip: request.ip,
    });
    const headers = await signInHeaders(domain, settings.session, {
      account: user,
      ip: request.ip,
      userAgent: request.headers['user-agent'],
      facts: requestFacts(request),
    });
    return jsonAnswer(200, { status: true }, headers);
  },
});
