import { identifyCaller } from '#/auth/sessions/identify-caller.ts';
import { requireCsrfToken } from '#/auth/sessions/require-csrf-token.ts';
import { sessionCookie } from '#/auth/sessions/session-cookie.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Answer } from '#/http/answer.ts';
import { type FormFields, formFields, queryFields } from '#/http/form-fields.ts';
import type { RequestContext } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { htmlPage, messagePage } from '#/login/message-page.ts';
import { escapeHtml } from '#/platform/escape-html.ts';

/** No code of a link is longer. */
const longestCode = 512;

/** What the page behind a link asks before anything happens. */
export interface LinkQuestion {
  readonly text: string;
  readonly button: string;
}

/**
 * The page that a link of a mail opens: a question with a button. Programs that look at mails follow links too, so that opening the page
 * changes nothing; the button sends the code back to the same path.
 */
export async function showLink(
  services: LoginServices,
  request: RequestContext,
  path: string,
  ask: (code: string) => Promise<LinkQuestion>,
): Promise<Answer> {
  return onLinkPage(services, async () => {
    const { domain, settings } = services;
    const code = codeOf(queryFields(request));
    const { text, button } = await ask(code);
    const { browser } = await identifyCaller(domain, settings.session, { cookie: request.headers.cookie });
    const content =
      `<p>${escapeHtml(text)}</p><form method="post" action="${escapeHtml(path)}">` +
      `<input type="hidden" name="_csrf_token" value="${escapeHtml(browser.csrfToken)}">` +
      `<input type="hidden" name="code" value="${escapeHtml(code)}">` +
      `<button type="submit">${escapeHtml(button)}</button></form>`;
    return htmlPage(
      200,
      { title: settings.registryTitle, content },
      { 'set-cookie': sessionCookie(settings.session, browser) },
    );
  });
}

/** The button of that page: does `work` with the code, for the browser that saw the page. */
export async function followLink(
  services: LoginServices,
  request: RequestContext,
  body: Buffer,
  work: (code: string) => Promise<Answer>,
): Promise<Answer> {
  return onLinkPage(services, async () => {
    const fields = formFields(request, body);
    const { cookie } = request.headers;
    const { browser } = await identifyCaller(services.domain, services.settings.session, { cookie });
    requireCsrfToken(browser, fields.get('_csrf_token'));
    return work(codeOf(fields));
  });
}

/** A person followed a link: what is wrong with it is told on a page. */
async function onLinkPage({ domain, settings }: LoginServices, work: () => Promise<Answer>): Promise<Answer> {
  if (domain.settings.featureMailing !== true) {
    return messagePage(404, settings.registryTitle, 'This registry sends no mail.');
  }
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === 'database_unavailable') throw error;
    return messagePage(error.code === 'denied' ? 403 : 400, settings.registryTitle, error.message);
  }
}

function codeOf(fields: FormFields): string {
  return (fields.get('code') ?? '').slice(0, longestCode);
}
