import type { ExternalLogin } from '#/auth/external-logins/define-external-login.ts';
import {
  newSecrets,
  type PendingSignIn,
  pendingSignInCookie,
} from '#/auth/external-logins/pending-sign-in.ts';
import type { Answer } from '#/http/answer.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { htmlPage } from '#/login/message-page.ts';
import { escapeHtml } from '#/platform/escape-html.ts';

/** The only page with something from elsewhere: the widget of the CAPTCHA service. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src https://www.google.com/recaptcha/ https://www.gstatic.com/recaptcha/; " +
  "frame-src https://www.google.com/recaptcha/; connect-src https://www.google.com/recaptcha/; form-action *; frame-ancestors 'none'; base-uri 'none'";

/** Asks whether a human wants the account, before the service is asked once more. */
export function captchaPage(
  { settings, external, domain }: LoginServices,
  login: ExternalLogin,
  pending: PendingSignIn,
): Answer {
  // The service's answer is used up; new secrets bind the form to this browser.
  const next: PendingSignIn = { ...pending, ...newSecrets() };
  const siteKey = escapeHtml(settings.captcha?.siteKey ?? '');
  const content =
    '<p>This registry makes you an account. Show first that you are human.</p>' +
    `<form method="post" action="/oauth2/${escapeHtml(login.id)}/callback/captcha">` +
    `<input type="hidden" name="state" value="${escapeHtml(next.state)}">` +
    `<div class="g-recaptcha" data-sitekey="${siteKey}"></div>` +
    `<button type="submit">Go on with ${escapeHtml(login.title)}</button></form>` +
    '<script src="https://www.google.com/recaptcha/api.js" async defer></script>';
  domain.logger.debug({ service: login.id }, 'a new account waits for a CAPTCHA');
  return htmlPage(
    200,
    { title: 'Are you human?', content },
    {
      'content-security-policy': policy,
      'set-cookie': pendingSignInCookie(external.pending, next),
    },
  );
}
