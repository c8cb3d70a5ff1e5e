import { type BrowserSession, sessionCookie } from '#/auth/sessions/session-cookie.ts';
import type { Answer } from '#/http/answer.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { htmlPage } from '#/login/message-page.ts';
import { escapeHtml } from '#/platform/escape-html.ts';

/** Asks for name and password; `target` is where signing in leads, `problem` what went wrong before. */
export function signInForm(
  { settings }: LoginServices,
  browser: BrowserSession,
  input: { readonly status: number; readonly target: string; readonly problem?: string },
): Answer {
  const problem = input.problem === undefined ? '' : `<p role="alert">${escapeHtml(input.problem)}</p>`;
  const content =
    `${problem}<form method="post" action="/signin">` +
    `<input type="hidden" name="_csrf_token" value="${escapeHtml(browser.csrfToken)}">` +
    `<input type="hidden" name="redirect_url" value="${escapeHtml(input.target)}">` +
    '<p><label>User name or e-mail address<br><input name="username" autocomplete="username" required autofocus></label></p>' +
    '<p><label>Password<br><input name="password" type="password" autocomplete="current-password" required></label></p>' +
    '<button type="submit">Sign in</button></form>';
  return htmlPage(
    input.status,
    { title: `Sign in to ${settings.registryTitle}`, content },
    { 'set-cookie': sessionCookie(settings.session, browser) },
  );
}
