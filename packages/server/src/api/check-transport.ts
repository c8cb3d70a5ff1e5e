import type { ApiFacts } from '#/api/api-route.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { identifyTokenHolder } from '#/auth/external-logins/external-sign-ins.ts';
import { type Caller, identifyCaller } from '#/auth/sessions/identify-caller.ts';
import { isCsrfToken } from '#/auth/sessions/require-csrf-token.ts';
import { hasCheckedPassword } from '#/auth/verify-own-password.ts';
import { DomainError } from '#/domain/errors.ts';
import { jsonAnswer } from '#/http/answer.ts';
import { Refusal } from '#/http/refusal.ts';
import type { RequestContext } from '#/http/route.ts';

/** Every browser calls itself so; no command-line client does. */
const browserPattern = /^(?:Mozilla|Opera)\//;

/** The checks that every call passes before its own access rule, in the order of REST reference 1; who calls. */
export async function checkTransport(
  services: ApiServices,
  request: RequestContext,
  facts: ApiFacts,
): Promise<Caller> {
  const { settings, domain } = services;
  requireScript(services, request);
  const caller = await identifyCaller(domain, settings.session, request.headers, (token) =>
    identifyTokenHolder(domain, services.external, token),
  );
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (!isRead && !holdsToken(caller) && !facts.withoutCsrfToken) requireCsrfToken(caller, request);
  if (!isRead && domain.settings.readOnly && !facts.allowedWhileReadOnly) throw readOnly();
  if (facts.gate !== undefined && !facts.gate(settings)) {
    throw new DomainError('not_found', 'This operation is switched off on this registry.');
  }
  if (caller.kind === 'anonymous' && !domain.settings.featureAnonymousAccess && !facts.allowedAnonymously) {
    throw new Refusal(jsonAnswer(401, { error: 'Anonymous access is not allowed.' }));
  }
  if (facts.freshLogin) await requireFreshLogin(services, caller);
  return caller;
}

/** No other page can make a browser send such a token. */
function holdsToken({ kind }: Caller): boolean {
  return kind === 'bearer' || kind === 'external';
}

/** `BROWSER_API_CALLS_XHR_ONLY`: a link or an image of another page must not read the API in the name of a visitor. */
function requireScript({ settings }: ApiServices, request: RequestContext): void {
  if (!settings.browserCallsByScriptOnly || request.method !== 'GET') return;
  if (!browserPattern.test(request.headers['user-agent'] ?? '')) return;
  if (request.headers['x-requested-with'] === 'XMLHttpRequest') return;
  throw new Refusal(
    jsonAnswer(400, { error: 'Browsers must send the header X-Requested-With: XMLHttpRequest.' }),
  );
}

function requireCsrfToken({ browser, principal }: Caller, request: RequestContext): void {
  const given =
    new URLSearchParams(request.url.split('?', 2)[1] ?? '').get('_csrf_token') ??
    request.headers['x-csrf-token'];
  if (isCsrfToken(browser, given)) return;
  const who = principal.kind === 'anonymous' ? '' : ` (authorized: user ${principal.account.name})`;
  throw new Refusal(
    jsonAnswer(403, { error: `CSRF token was invalid or missing; get one from /csrf_token.${who}` }),
  );
}

function readOnly(): Refusal {
  const message = 'The registry is read-only at present: nothing can be changed.';
  return new Refusal(jsonAnswer(503, { message, is_readonly: true }));
}

/** REST reference 3.5: not asked of who has no password that is checked, here or in the directory. */
export async function requireFreshLogin(
  { settings, domain, basic }: ApiServices,
  caller: Caller,
): Promise<void> {
  if (caller.kind === 'bearer' || caller.kind === 'external') return;
  if (caller.kind === 'anonymous') throw new DomainError('unauthorized', 'Requires authentication.');
  const ageMs = domain.clock.nowMs() - caller.session.loginMs;
  if (ageMs <= settings.freshLoginSeconds * 1000) return;
  if (!(await hasCheckedPassword(domain, basic.engine, caller.account))) return;
  throw new DomainError('fresh_login_required', 'The action requires a fresh login to succeed.');
}
