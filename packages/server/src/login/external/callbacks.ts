import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { ExternalIdentity, ExternalLogin } from '#/auth/external-logins/define-external-login.ts';
import { getExternalLogin, resolveExternalAccount } from '#/auth/external-logins/external-sign-ins.ts';
import {
  clearedPendingSignIn,
  findPendingSignIn,
  type PendingSignIn,
} from '#/auth/external-logins/pending-sign-in.ts';
import { identifyCaller } from '#/auth/sessions/identify-caller.ts';
import { signInHeaders } from '#/auth/sessions/sign-in.ts';
import { DomainError } from '#/domain/errors.ts';
import { performerOf } from '#/domain/logs/index.ts';
import { type Account, findAccountByFederatedLogin } from '#/domain/namespaces/index.ts';
import { attachExternalLogin, listPrompts } from '#/domain/sign-in/index.ts';
import { type Answer, answer } from '#/http/answer.ts';
import { formFields, queryFields } from '#/http/form-fields.ts';
import { requestFacts } from '#/http/request-facts.ts';
import { type RequestContext, route } from '#/http/route.ts';
import { captchaPage } from '#/login/external/captcha-page.ts';
import { onCallback } from '#/login/external/on-callback.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { formLimitBytes, publicRule } from '#/login/public-rule.ts';

const params = z.object({ service: z.string() });

/** The addresses that services send browsers back to. */
const callbacks = [
  { kind: 'login', name: 'Login', path: '' },
  { kind: 'attach', name: 'Attach', path: '/attach' },
  { kind: 'cli', name: 'Cli', path: '/cli' },
] as const;

/** The browser comes back with what the service says of the person (REST reference 3.7). */
export const finishExternalSignIn = callbacks.map(({ kind, name, path }) =>
  route({
    operationId: `finishExternal${name}`,
    method: 'GET',
    url: `/oauth2/:service/callback${path}`,
    status: 302,
    access: publicRule,
    request: { params, query: z.unknown(), body: { kind: 'none' } },
    response: z.unknown(),
    handle: ({ params }, services: LoginServices, request) => finish(services, request, params.service, kind),
  }),
);

/**
 * The same for `response_mode=form_post`. The form comes from another site and so without our cookies; after a redirect the browser is
 * on a page of its own again, and sends them.
 */
export const forwardExternalSignIn = callbacks.map(({ name, path }) =>
  route({
    operationId: `forwardExternal${name}`,
    method: 'POST',
    url: `/oauth2/:service/callback${path}`,
    status: 303,
    access: publicRule,
    request: { params, query: z.unknown(), body: { kind: 'bytes', limitBytes: formLimitBytes } },
    response: z.unknown(),
    handle: ({ params, body }, services: LoginServices, request) =>
      onCallback(services, request, async () => {
        const { id } = getExternalLogin(services.external, params.service);
        const query = new URLSearchParams([...formFields(request, body)]);
        const location = `${request.baseUrl}/oauth2/${id}/callback${path}?${query}`;
        return answer({ status: 303, headers: { location, 'cache-control': 'no-store' } });
      }),
  }),
);

async function finish(
  services: LoginServices,
  request: RequestContext,
  service: string,
  kind: PendingSignIn['kind'],
): Promise<Answer> {
  return onCallback(services, request, async () => {
    const { external, domain } = services;
    const login = getExternalLogin(external, service);
    const fields = queryFields(request);
    const pending = findPendingSignIn(external.pending, request.headers.cookie, domain.clock.nowMs());
    if (
      pending?.service !== login.id ||
      pending.kind !== kind ||
      !isSame(pending.state, fields.get('state'))
    ) {
      throw new DomainError(
        'invalid_request',
        'This browser did not begin that sign-in, or too long ago. Sign in again.',
      );
    }
    // Whatever comes of it: what was begun cannot be finished twice.
    const ended = clearedPendingSignIn(external.pending);
    const identify = () => login.identify(pending, new URLSearchParams([...fields]));
    return onCallback(
      services,
      request,
      async () => {
        if (kind === 'login') return signIn(services, request, login, pending, await identify());
        const account = await beganBy(services, request, pending);
        return kind === 'attach'
          ? attach(services, request, login, account, await identify())
          : showToken(services, request, login, account, await identify());
      },
      { 'set-cookie': ended },
    );
  });
}

async function signIn(
  services: LoginServices,
  request: RequestContext,
  login: ExternalLogin,
  pending: PendingSignIn,
  identity: ExternalIdentity,
): Promise<Answer> {
  const { domain, settings, external } = services;
  const isHuman = (pending.humanUntilMs ?? 0) > domain.clock.nowMs();
  const found = await resolveExternalAccount(domain, external, login, identity, { isHuman });
  if (found === 'human') return captchaPage(services, login, pending);
  const { account } = found;
  refuseUnfit(services, account);
  const headers = await signInHeaders(domain, settings.session, {
    account,
    ip: request.ip,
    userAgent: request.headers['user-agent'],
    facts: requestFacts(request),
  });
  const isAsked = (await listPrompts(domain.database.read, account.id)).length > 0;
  return leadTo(services, request, isAsked ? '/updateuser' : pending.target, [headers['set-cookie'] ?? '']);
}

function refuseUnfit({ domain }: LoginServices, account: Account): void {
  if (!account.enabled) {
    throw new DomainError(
      'account_disabled',
      'This account is disabled. Ask the administrator of this registry.',
    );
  }
  if (domain.settings.featureMailing === true && !account.verified) {
    throw new DomainError('denied', 'Your e-mail address is not verified yet: follow the link in the mail.');
  }
}

/** The person of the session that began it; another session of the same browser does not count. */
async function beganBy(
  { domain, settings }: LoginServices,
  request: RequestContext,
  pending: PendingSignIn,
): Promise<Account> {
  const caller = await identifyCaller(domain, settings.session, { cookie: request.headers.cookie });
  if (caller.kind === 'session' && caller.session.uuid === pending.session) return caller.account;
  throw new DomainError('unauthorized', 'You are not signed in here any more. Sign in, and begin again.');
}

async function attach(
  services: LoginServices,
  request: RequestContext,
  login: ExternalLogin,
  account: Account,
  identity: ExternalIdentity,
): Promise<Answer> {
  const { id, uuid, name } = account;
  await attachExternalLogin(services.domain, {
    account,
    service: login.id,
    identifier: identity.identifier,
    metadata: { service_username: identity.username },
    performer: performerOf(
      { kind: 'user', account: { id, uuid, name }, superuser: false },
      request.ip,
      requestFacts(request),
    ),
  });
  return leadTo(services, request, `/user/${encodeURIComponent(account.name)}?tab=external`);
}

async function showToken(
  services: LoginServices,
  request: RequestContext,
  login: ExternalLogin,
  account: Account,
  identity: ExternalIdentity,
): Promise<Answer> {
  const owner = await findAccountByFederatedLogin(
    services.domain.database.read,
    login.id,
    identity.identifier,
  );
  if (owner?.id !== account.id || identity.idToken === undefined) {
    throw new DomainError('denied', 'That login is not attached to your account.');
  }
  const query = new URLSearchParams({ tab: 'settings', idtoken: identity.idToken });
  return leadTo(services, request, `/user/${encodeURIComponent(account.name)}?${query}`);
}

function leadTo(
  { external }: LoginServices,
  request: RequestContext,
  target: string,
  cookies: readonly string[] = [],
): Answer {
  return answer({
    status: 302,
    headers: {
      location: `${request.baseUrl}${target}`,
      'set-cookie': [...cookies, clearedPendingSignIn(external.pending)],
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    },
  });
}

function isSame(expected: string, given: string | undefined): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return given !== undefined && timingSafeEqual(digest(given), digest(expected));
}
