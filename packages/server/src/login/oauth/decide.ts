import { z } from 'zod';
import { requireCsrfToken } from '#/auth/sessions/require-csrf-token.ts';
import type { Answer } from '#/http/answer.ts';
import { type FormFields, formFields } from '#/http/form-fields.ts';
import { type RequestContext, route } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { readAsked } from '#/login/oauth/asked-authorization.ts';
import { checkAuthorization, getClient, requireRedirectUri } from '#/login/oauth/check-authorization.ts';
import { giveGrant, requireWritable } from '#/login/oauth/give-grant.ts';
import { identifyVisitor, requirePerson, type Visitor } from '#/login/oauth/identify-person.ts';
import { redirectAnswer } from '#/login/oauth/redirect-answer.ts';
import { onPage } from '#/login/on-page.ts';
import { formLimitBytes, publicRule } from '#/login/public-rule.ts';

const form = { kind: 'bytes', limitBytes: formLimitBytes } as const;

/** The person approves: the browser goes to the application with a code or a token (REST reference 4). */
export const authorizeApplication = route({
  operationId: 'authorizeApplication',
  method: 'POST',
  url: '/oauth/authorizeapp',
  status: 302,
  access: publicRule,
  request: { params: z.unknown(), query: z.unknown(), body: form },
  response: z.unknown(),
  async handle({ body }, services: LoginServices, request) {
    return onPage(services, request, async () => {
      requireWritable(services.domain.settings);
      const fields = formFields(request, body);
      const visitor = await identifyVisitor(services, request);
      const person = requirePerson(visitor);
      requireIntent(services, request, visitor, fields);
      // Scripts of Quay 2.9 send no kind of answer and expect a token.
      const asked = readAsked(fields, 'token');
      return giveGrant(services, request, person, await checkAuthorization(services, request, person, asked));
    });
  },
});

/** The person declines: the application is told (REST reference 4). */
export const denyApplication = route({
  operationId: 'denyApplication',
  method: 'POST',
  url: '/oauth/denyapp',
  status: 302,
  access: publicRule,
  request: { params: z.unknown(), query: z.unknown(), body: form },
  response: z.unknown(),
  async handle({ body }, services: LoginServices, request): Promise<Answer> {
    return onPage(services, request, async () => {
      requireWritable(services.domain.settings);
      const fields = formFields(request, body);
      const visitor = await identifyVisitor(services, request);
      requirePerson(visitor);
      requireCsrfToken(visitor.browser, csrfTokenOf(request, fields));
      const { clientId, redirectUri, state } = readAsked(fields, 'token');
      const { application } = await getClient(services, clientId);
      requireRedirectUri(services, request, application, { redirectUri, state });
      return redirectAnswer(redirectUri, { error: 'authorization_denied', state });
    });
  },
});

/** A token of the browser, or, for clients that the operator listed, name and password of the person (`DIRECT_OAUTH_CLIENTID_WHITELIST`). */
function requireIntent(
  { settings }: LoginServices,
  request: RequestContext,
  { browser, person }: Visitor,
  fields: FormFields,
): void {
  const isListed = settings.oauth.directClientIds.includes(fields.get('client_id') ?? '');
  if (isListed && person?.by === 'basic' && !isOtherSite(request)) return;
  requireCsrfToken(browser, csrfTokenOf(request, fields));
}

/** Browsers send a remembered name and password also in forms of other sites. */
function isOtherSite({ headers, baseUrl }: RequestContext): boolean {
  const site = headers['sec-fetch-site'];
  const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none';
  return isForeign || (headers.origin !== undefined && headers.origin !== baseUrl);
}

/** REST reference 3.3. */
export function csrfTokenOf({ headers }: RequestContext, fields: FormFields): unknown {
  return fields.get('_csrf_token') ?? headers['x-csrf-token'];
}
