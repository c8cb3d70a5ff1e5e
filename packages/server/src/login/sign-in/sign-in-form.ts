import { type BrowserSession, sessionCookie } from '#/auth/sessions/session-cookie.ts';
import type { Answer } from '#/http/answer.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { htmlPage } from '#/login/message-page.ts';
import { escapeHtml } from '#/platform/escape-html.ts';

interface SignInInput {
  readonly status: number;
  /** Where signing in leads. */
  readonly target: string;
  /** What went wrong before. */
  readonly problem?: string;
}

/** Asks for name and password, unless the registry takes none, and offers the external logins. */
export function signInForm(services: LoginServices, browser: BrowserSession, input: SignInInput): Answer {
  const { settings, basic } = services;
  const problem = input.problem === undefined ? '' : `<p role="alert">${escapeHtml(input.problem)}</p>`;
  const hidden =
    `<input type="hidden" name="_csrf_token" value="${escapeHtml(browser.csrfToken)}">` +
    `<input type="hidden" name="redirect_url" value="${escapeHtml(input.target)}">`;
  const takesPasswords = settings.featureDirectLogin && basic.engine.checksPasswords;
  const password = takesPasswords ? passwordForm(hidden) : '';
  return htmlPage(
    input.status,
    {
      title: `Sign in to ${settings.registryTitle}`,
      content: `${problem}${password}${externalButtons(services, hidden)}`,
    },
    { 'set-cookie': sessionCookie(settings.session, browser) },
  );
}

function passwordForm(hidden: string): string {
  return (
    `<form method="post" action="/signin">${hidden}` +
    '<p><label>User name or e-mail address<br><input name="username" autocomplete="username" required autofocus></label></p>' +
    '<p><label>Password<br><input name="password" type="password" autocomplete="current-password" required></label></p>' +
    '<button type="submit">Sign in</button></form>'
  );
}

function externalButtons({ external }: LoginServices, hidden: string): string {
  return external.logins
    .map(
      ({ id, title }) =>
        `<form method="post" action="/signin/external/${escapeHtml(encodeURIComponent(id))}">${hidden}` +
        `<p><button type="submit">Sign in with ${escapeHtml(title)}</button></p></form>`,
    )
    .join('');
}
