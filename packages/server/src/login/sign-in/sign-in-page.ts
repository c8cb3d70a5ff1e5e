import { z } from 'zod';
import { checkSignIn, type SignInCheck } from '#/auth/sessions/check-sign-in.ts';
import { identifyCaller } from '#/auth/sessions/identify-caller.ts';
import { requireCsrfToken } from '#/auth/sessions/require-csrf-token.ts';
import type { BrowserSession } from '#/auth/sessions/session-cookie.ts';
import { signInHeaders } from '#/auth/sessions/sign-in.ts';
import { DomainError } from '#/domain/errors.ts';
import { sendConfirmationMail } from '#/domain/sign-in/index.ts';
import { type Answer, answer } from '#/http/answer.ts';
import { type FormFields, formFields, queryFields } from '#/http/form-fields.ts';
import { requestFacts } from '#/http/request-facts.ts';
import { type RequestContext, route } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { onPage } from '#/login/on-page.ts';
import { formLimitBytes, publicRule } from '#/login/public-rule.ts';
import { localTarget } from '#/login/sign-in/local-target.ts';
import { signInForm } from '#/login/sign-in/sign-in-form.ts';

/** A sign-in page of plain HTML; `redirect_url` says where it leads, on this registry only. */
export const showSignIn = route({
  operationId: 'showSignIn',
  method: 'GET',
  url: '/signin',
  status: 200,
  access: publicRule,
  request: { params: z.unknown(), query: z.unknown(), body: { kind: 'none' } },
  response: z.unknown(),
  async handle(_input, services: LoginServices, request) {
    return onPage(services, request, async () => {
      if (services.external.logins.length === 0) requireDirectLogin(services);
      const target = localTarget(queryFields(request).get('redirect_url'), request.baseUrl);
      const caller = await callerOf(services, request);
      if (caller.kind === 'session') return toTarget(request, target);
      return signInForm(services, caller.browser, { status: 200, target });
    });
  },
});

/** Signs in as `POST /api/v1/signin` does, for a browser without script. */
export const submitSignIn = route({
  operationId: 'submitSignIn',
  method: 'POST',
  url: '/signin',
  status: 303,
  access: publicRule,
  request: {
    params: z.unknown(),
    query: z.unknown(),
    body: { kind: 'bytes', limitBytes: formLimitBytes },
  },
  response: z.unknown(),
  async handle({ body }, services: LoginServices, request) {
    return onPage(services, request, async () => {
      requireDirectLogin(services);
      const fields = formFields(request, body);
      const { browser } = await callerOf(services, request);
      requireCsrfToken(browser, fields.get('_csrf_token'));
      return signIn(services, request, browser, fields);
    });
  },
});

async function signIn(
  services: LoginServices,
  request: RequestContext,
  browser: BrowserSession,
  fields: FormFields,
): Promise<Answer> {
  const { domain, settings, basic } = services;
  const credentials = { username: fields.get('username') ?? '', password: fields.get('password') ?? '' };
  const target = localTarget(fields.get('redirect_url'), request.baseUrl);
  const origin = { ip: request.ip, userAgent: request.headers['user-agent'], facts: requestFacts(request) };
  const check = await checkSignIn(domain, basic.engine, { ...credentials, ...origin });
  if (check.kind !== 'allowed') {
    if (check.kind === 'unverified') {
      const context = { baseUrl: request.baseUrl, registryTitle: settings.registryTitle };
      await sendConfirmationMail(domain, context, check.account);
    }
    return signInForm(services, browser, { status: 403, target, problem: problemOf(check) });
  }
  const headers = await signInHeaders(domain, settings.session, {
    account: check.account,
    ip: request.ip,
    userAgent: request.headers['user-agent'],
    facts: requestFacts(request),
  });
  return toTarget(request, target, headers);
}

/** A directory may know the password, and an account cannot be had all the same: that is worth telling. */
function problemOf(check: Exclude<SignInCheck, { readonly kind: 'allowed' }>): string {
  const isKnown = check.kind === 'wrong' && check.refusal.code !== 'invalid_credentials';
  return isKnown ? check.refusal.message : problems[check.kind];
}

const problems: Readonly<Record<Exclude<SignInCheck['kind'], 'allowed'>, string>> = {
  wrong: 'The user name or the password is wrong.',
  disabled: 'This account is disabled. Ask the administrator of this registry.',
  unverified: 'Your e-mail address is not verified yet: follow the link in the mail.',
};

function callerOf({ domain, settings }: LoginServices, request: RequestContext) {
  return identifyCaller(domain, settings.session, { cookie: request.headers.cookie });
}

function requireDirectLogin({ settings }: LoginServices): void {
  if (!settings.featureDirectLogin) {
    throw new DomainError('not_found', 'This registry takes no passwords in browsers.');
  }
}

function toTarget(
  request: RequestContext,
  target: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return answer({
    status: 303,
    headers: { ...headers, location: `${request.baseUrl}${target}`, 'cache-control': 'no-store' },
  });
}
