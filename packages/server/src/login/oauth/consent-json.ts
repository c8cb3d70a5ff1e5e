import { type BrowserSession, sessionCookie } from '#/auth/sessions/session-cookie.ts';
import { scopeDetails } from '#/domain/tokens/index.ts';
import { type Answer, jsonAnswer } from '#/http/answer.ts';
import { avatarOf } from '#/http/avatar.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { challengeFields } from '#/login/oauth/challenge.ts';
import type { CheckedAuthorization } from '#/login/oauth/check-authorization.ts';

/** What a web interface needs to ask the same as the page (REST reference 4, `format=json`); avatars are JSON in a text. */
export function consentJson(
  { settings }: LoginServices,
  browser: BrowserSession,
  checked: CheckedAuthorization,
): Answer {
  const { application, owner, scopes } = checked;
  const { name, email } = owner;
  const ownerKind = owner.kind === 'organization' ? 'org' : owner.kind;
  return jsonAnswer(
    200,
    {
      scopes: scopes.map((scope) => ({ scope, ...scopeDetails[scope] })),
      has_dangerous_scopes: scopes.some((scope) => scopeDetails[scope].dangerous),
      application: {
        name: application.name,
        description: application.description,
        url: application.applicationUri,
        avatar: JSON.stringify(
          avatarOf({ name: application.name, email: application.avatarEmail, kind: 'app' }),
        ),
        organization: { name, avatar: JSON.stringify(avatarOf({ name, email, kind: ownerKind })) },
      },
      response_type: checked.responseType,
      client_id: application.clientId,
      redirect_uri: checked.redirectUri,
      scope: scopes.join(' '),
      csrf_token_val: browser.csrfToken,
      state: checked.state ?? null,
      assignment_uuid: checked.assignmentUuid ?? null,
      ...challengeFields(checked),
    },
    { 'cache-control': 'no-store', 'set-cookie': sessionCookie(settings.session, browser) },
  );
}
