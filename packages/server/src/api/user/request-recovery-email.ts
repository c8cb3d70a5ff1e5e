import { z } from 'zod';
import { anyCaller } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { checkCaptcha } from '#/api/user/check-captcha.ts';
import { requireOwnPasswords } from '#/api/user/require-own-passwords.ts';
import { requestRecovery } from '#/domain/sign-in/index.ts';

/** What stands for the middle of an organization's name that not everybody is to learn. */
const hidden = '\u2022';
const shownAtEachEnd = 1;

/** Mails the way back in; the answer does not tell whether there is such a person (REST reference 3.6). */
export const requestRecoveryEmail = apiRoute({
  operationId: 'requestRecoveryEmail',
  method: 'POST',
  path: '/recovery',
  group: 'user',
  resource: 'endpoints.api.user.Recovery',
  summary: 'Mails a link with which to recover an account.',
  status: 200,
  access: anyCaller,
  internal: true,
  allowedAnonymously: true,
  gate: (settings) => settings.featureMailing,
  request: {
    params: z.unknown(),
    query: z.unknown(),
    body: jsonBody(z.object({ email: z.string(), recaptcha_response: z.string().optional() })),
  },
  response: z.object({
    status: z.enum(['sent', 'org']),
    orgemail: z.string().optional(),
    orgname: z.string().optional(),
  }),
  async handle({ body }, services, request) {
    const { domain, settings } = services;
    requireOwnPasswords(services);
    await checkCaptcha(services, body.recaptcha_response, request);
    const context = { baseUrl: request.baseUrl, registryTitle: settings.registryTitle };
    const organization = await requestRecovery(domain, context, body.email.trim());
    if (organization === undefined) return { status: 'sent' };
    return { status: 'org', orgemail: body.email, orgname: redact(organization.name) };
  },
});

function redact(name: string): string {
  const middle = Math.max(0, name.length - 2 * shownAtEachEnd);
  return name.slice(0, shownAtEachEnd) + hidden.repeat(middle) + name.slice(name.length - shownAtEachEnd);
}
