import { type BrowserSession, sessionCookie } from '#/auth/sessions/session-cookie.ts';
import { scopeDetails } from '#/domain/tokens/index.ts';
import type { Answer } from '#/http/answer.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { htmlPage, pageHeaders } from '#/login/message-page.ts';
import { challengeFields } from '#/login/oauth/challenge.ts';
import type { CheckedAuthorization } from '#/login/oauth/check-authorization.ts';
import type { Person } from '#/login/oauth/identify-person.ts';
import { formTargetOf } from '#/login/oauth/redirect-uri.ts';
import { escapeHtml } from '#/platform/escape-html.ts';

/** Asks the person whether the application may act for them: plain HTML, two forms, no script. */
export function consentPage(
  { settings }: LoginServices,
  browser: BrowserSession,
  person: Person,
  checked: CheckedAuthorization,
): Answer {
  const { application, owner, redirectUri, scopes } = checked;
  const name = escapeHtml(application.name);
  const hasDangerous = scopes.some((scope) => scopeDetails[scope].dangerous);
  const fields = hiddenFields(browser, checked);
  const warning = hasDangerous
    ? '<p><label><input type="checkbox" required> I know this application and trust it with the permissions that are marked.</label></p>'
    : '';
  const content =
    `<p><strong>${name}</strong> of <strong>${escapeHtml(owner.name)}</strong> asks to act for you on ${escapeHtml(settings.registryTitle)}. ` +
    `You are signed in as <strong>${escapeHtml(person.account.name)}</strong>.</p>` +
    optionalText(application.description) +
    websiteOf(application.applicationUri) +
    `<p>It could:</p><ul>${scopes.map(scopeItem).join('')}</ul>` +
    `<p>Afterwards your browser goes to <code>${escapeHtml(redirectUri)}</code>.</p>` +
    `<form method="post" action="/oauth/authorizeapp">${fields}${warning}<button type="submit">Authorize</button></form>` +
    `<form method="post" action="/oauth/denyapp">${fields}<button type="submit">Cancel</button></form>`;
  return htmlPage(
    200,
    { title: `Authorize ${application.name}`, content },
    {
      'content-security-policy': policy(redirectUri),
      'set-cookie': sessionCookie(settings.session, browser),
    },
  );
}

/** Forms lead here and, as some browsers check what a form is redirected to, to the application. */
function policy(redirectUri: string): string {
  return String(pageHeaders['content-security-policy']).replace(
    'form-action *',
    `form-action 'self' ${formTargetOf(redirectUri)}`,
  );
}

function scopeItem(scope: CheckedAuthorization['scopes'][number]): string {
  const { title, description, dangerous } = scopeDetails[scope];
  const mark = dangerous ? ' <strong>(dangerous)</strong>' : '';
  return `<li><strong>${escapeHtml(title)}</strong>${mark}<br>${escapeHtml(description)} <code>${escapeHtml(scope)}</code></li>`;
}

function optionalText(text: string): string {
  return text === '' ? '' : `<p>${escapeHtml(text)}</p>`;
}

/** A link only to a web address: other schemes could run something. */
function websiteOf(uri: string): string {
  if (!/^https?:\/\//i.test(uri) || !URL.canParse(uri)) return '';
  return `<p><a rel="noreferrer noopener" href="${escapeHtml(uri)}">${escapeHtml(uri)}</a></p>`;
}

function hiddenFields(browser: BrowserSession, checked: CheckedAuthorization): string {
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['client_id', checked.application.clientId],
    ['redirect_uri', checked.redirectUri],
    ['scope', checked.scopes.join(' ')],
    ['response_type', checked.responseType],
    ['state', checked.state],
    ['assignment_uuid', checked.assignmentUuid],
    ...Object.entries(challengeFields(checked)),
    ['_csrf_token', browser.csrfToken],
  ];
  return fields
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(value ?? '')}">`)
    .join('');
}
