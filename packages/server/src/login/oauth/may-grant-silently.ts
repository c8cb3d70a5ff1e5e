import { findGrantedScopes } from '#/domain/tokens/index.ts';
import type { RequestContext } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';
import type { CheckedAuthorization } from '#/login/oauth/check-authorization.ts';
import type { Person } from '#/login/oauth/identify-person.ts';

/** Tokens of one application that a person can have before they are asked again: pages that send browsers here must not fill the table. */
const mostSilentTokens = 20;

/**
 * Whether the person has granted all this already, so that nobody is asked again (REST reference 4). Only when a browser navigates here with a
 * session whose cookie other sites cannot use in the background, and never with a token in the address of anything but the
 * registered URI itself: a page below it may pass on what it is called with.
 */
export async function mayGrantSilently(
  { domain, settings }: LoginServices,
  request: RequestContext,
  person: Person,
  checked: CheckedAuthorization,
): Promise<boolean> {
  const { application, redirectUri, responseType, scopes } = checked;
  if (person.by !== 'session' || settings.session.sameSite === 'None' || !isNavigation(request)) return false;
  if (checked.assignmentUuid !== undefined) return false;
  const ownPage = `${request.baseUrl}${settings.oauth.localHandler}`;
  const isExact = redirectUri === application.redirectUri || redirectUri === ownPage;
  if (responseType === 'token' && !isExact) return false;
  const granted = await findGrantedScopes(domain, {
    applicationId: application.id,
    accountId: person.account.id,
  });
  if (responseType === 'token' && granted.tokenCount >= mostSilentTokens) return false;
  return scopes.every((scope) => granted.scopes.has(scope));
}

/** Older browsers do not say what a request is for. */
function isNavigation({ headers }: RequestContext): boolean {
  const mode = headers['sec-fetch-mode'];
  const target = headers['sec-fetch-dest'];
  return (
    (mode === undefined || mode === 'navigate') &&
    (target === undefined || target === 'document') &&
    headers['sec-purpose'] === undefined
  );
}
