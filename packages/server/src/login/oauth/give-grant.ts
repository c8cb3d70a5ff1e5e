import { DomainError } from '#/domain/errors.ts';
import { performerOf } from '#/domain/logs/index.ts';
import { grantAuthorization } from '#/domain/tokens/index.ts';
import { retractAssignment } from '#/domain/user-notifications/index.ts';
import type { Answer } from '#/http/answer.ts';
import { requestFacts } from '#/http/request-facts.ts';
import type { RequestContext } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';
import type { CheckedAuthorization } from '#/login/oauth/check-authorization.ts';
import type { Person } from '#/login/oauth/identify-person.ts';
import { redirectAnswer } from '#/login/oauth/redirect-answer.ts';

/** Makes the code or the token and sends the browser with it to the application (REST reference 4). */
export async function giveGrant(
  { domain }: LoginServices,
  request: RequestContext,
  person: Person,
  checked: CheckedAuthorization,
): Promise<Answer> {
  const { application, scopes, responseType, redirectUri, state, assignmentUuid, challenge } = checked;
  const grant = await grantAuthorization(domain, {
    application,
    accountId: person.account.id,
    scopes,
    responseType,
    redirectUri,
    challenge,
    performer: performerOf(person.principal, request.ip, requestFacts(request)),
    assignment:
      assignmentUuid === undefined ? undefined : { uuid: assignmentUuid, retract: retractAssignment },
  });
  const scope = scopes.join(' ');
  if (grant.kind === 'code') return redirectAnswer(redirectUri, { code: grant.code, scope, state });
  return redirectAnswer(
    redirectUri,
    { scope, state },
    {
      access_token: grant.token,
      token_type: 'Bearer',
      expires_in: String(grant.expiresInSeconds),
    },
  );
}

/** Neither codes nor tokens can be made while the registry is read-only. Throws DomainError `read_only`. */
export function requireWritable(settings: { readonly readOnly: boolean }): void {
  if (settings.readOnly) {
    throw new DomainError('read_only', 'The registry is read-only at present: nothing can be changed.');
  }
}
