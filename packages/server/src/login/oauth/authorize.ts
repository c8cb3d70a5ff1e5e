import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import { type Answer, answer } from '#/http/answer.ts';
import { queryFields } from '#/http/form-fields.ts';
import { type RequestContext, route } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { readAsked } from '#/login/oauth/asked-authorization.ts';
import { checkAuthorization } from '#/login/oauth/check-authorization.ts';
import { consentJson } from '#/login/oauth/consent-json.ts';
import { consentPage } from '#/login/oauth/consent-page.ts';
import { giveGrant, requireWritable } from '#/login/oauth/give-grant.ts';
import { identifyVisitor } from '#/login/oauth/identify-person.ts';
import { mayGrantSilently } from '#/login/oauth/may-grant-silently.ts';
import { onPage, wantsJson } from '#/login/on-page.ts';
import { publicRule } from '#/login/public-rule.ts';

/** Where an application sends the browser of a person to be authorized (RFC 6749 section 3.1; REST reference 4). */
export const requestAuthorization = route({
  operationId: 'requestAuthorizationCode',
  method: 'GET',
  url: '/oauth/authorize',
  status: 200,
  access: publicRule,
  request: { params: z.unknown(), query: z.unknown(), body: { kind: 'none' } },
  response: z.unknown(),
  async handle(_input, services: LoginServices, request) {
    return onPage(services, request, () => ask(services, request));
  },
});

async function ask(services: LoginServices, request: RequestContext): Promise<Answer> {
  // Before anybody signs in or decides for nothing.
  requireWritable(services.domain.settings);
  const asked = readAsked(queryFields(request), 'code');
  const { browser, person } = await identifyVisitor(services, request);
  if (person === undefined) {
    const refused = wantsJson(request) || request.headers.authorization !== undefined;
    if (refused) throw new DomainError('unauthorized', 'Sign in first.');
    return toSignIn(request);
  }
  const checked = await checkAuthorization(services, request, person, asked);
  if (wantsJson(request)) return consentJson(services, browser, checked);
  if (await mayGrantSilently(services, request, person, checked)) {
    return giveGrant(services, request, person, checked);
  }
  return consentPage(services, browser, person, checked);
}

/** Back to this very request after signing in. */
function toSignIn(request: RequestContext): Answer {
  const query = new URLSearchParams({ redirect_url: request.url });
  return answer({
    status: 302,
    headers: { location: `${request.baseUrl}/signin?${query}`, 'cache-control': 'no-store' },
  });
}
