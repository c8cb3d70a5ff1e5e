import { z } from 'zod';
import { selfAdmin } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { signedInAnswer } from '#/api/user/sign-in-answer.ts';
import { checkSignIn } from '#/auth/sessions/check-sign-in.ts';
import { DomainError } from '#/domain/errors.ts';
import { convertToOrganization } from '#/domain/namespaces/index.ts';
import { forgetPerson } from '#/domain/repositories/index.ts';
import { requestFacts } from '#/http/request-facts.ts';

/** Turns the caller's account into an organization; the new administrator is signed in (REST reference 9.1). */
export const convertUserToOrganization = apiRoute({
  operationId: 'convertUserToOrganization',
  method: 'POST',
  path: '/user/convert',
  group: 'user',
  resource: 'endpoints.api.user.ConvertToOrganization',
  summary: 'Converts the own account to an organization.',
  status: 200,
  access: selfAdmin,
  internal: true,
  gate: (settings) => settings.authenticationType === 'Database',
  request: {
    params: z.unknown(),
    query: z.unknown(),
    body: jsonBody(
      z.object({ adminUser: z.string(), adminPassword: z.string(), plan: z.string().nullish() }),
    ),
  },
  response: z.object({ success: z.boolean() }),
  async handle({ body, granted }, services, request) {
    const { domain, basic } = services;
    const check = await checkSignIn(domain, basic.engine, {
      username: body.adminUser,
      password: body.adminPassword,
      ip: request.ip,
      userAgent: request.headers['user-agent'],
      facts: requestFacts(request),
    });
    if (check.kind !== 'allowed' || check.account.id === granted.account.id) {
      throw new DomainError('invalid_request', 'The administrator must be another user who can sign in.', {
        detail: { reason: 'invaliduser' },
      });
    }
    await convertToOrganization(domain, {
      accountId: granted.account.id,
      administratorId: check.account.id,
      performer: performerOfCall(granted, request),
      forgetPerson,
    });
    return signedInAnswer(services, request, check.account, { success: true });
  },
});
