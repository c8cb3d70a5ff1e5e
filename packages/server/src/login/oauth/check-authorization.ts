import { DomainError } from '#/domain/errors.ts';
import { type Account, findAccountById } from '#/domain/namespaces/index.ts';
import { getNamespaceAccess } from '#/domain/permissions/index.ts';
import type { OauthScope } from '#/domain/permissions/principal.ts';
import {
  findApplicationByClientId,
  findOauthScopes,
  listAssignments,
  type ResponseType,
} from '#/domain/tokens/index.ts';
import type { Answer } from '#/http/answer.ts';
import { Refusal } from '#/http/refusal.ts';
import type { RequestContext } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';
import type { AskedAuthorization } from '#/login/oauth/asked-authorization.ts';
import { findChallengeProblem } from '#/login/oauth/challenge.ts';
import type { Person } from '#/login/oauth/identify-person.ts';
import { redirectAnswer } from '#/login/oauth/redirect-answer.ts';
import { isRegisteredRedirectUri, parseRedirectUri } from '#/login/oauth/redirect-uri.ts';

type Application = NonNullable<Awaited<ReturnType<typeof findApplicationByClientId>>>;

/** An authorization that the person may give; only here is `redirectUri` fit to redirect to. */
export interface CheckedAuthorization {
  readonly application: Application;
  readonly owner: Account;
  readonly redirectUri: string;
  readonly scopes: readonly OauthScope[];
  readonly responseType: ResponseType;
  readonly state: string | undefined;
  /** The offer that it takes up. */
  readonly assignmentUuid: string | undefined;
  /** What the verifier of the exchange must hash to; undefined: no verifier is needed. */
  readonly challenge: string | undefined;
}

/**
 * The checks of REST reference 4 in their order: application, right of the person, redirect URI, kind of answer, scopes. Throws DomainError
 * `not_found`, `denied`, `invalid_request`, or a Refusal that redirects with an error.
 */
export async function checkAuthorization(
  services: LoginServices,
  request: RequestContext,
  person: Person,
  asked: AskedAuthorization,
): Promise<CheckedAuthorization> {
  const { application, owner } = await getClient(services, asked.clientId);
  const scopes = findOauthScopes(asked.scope);
  const assignmentUuid = await findOffer(services, person, asked, scopes);
  const mayAuthorize =
    assignmentUuid !== undefined ||
    !services.settings.oauth.onlyAssignedAuthorize ||
    services.settings.oauth.directClientIds.includes(application.clientId) ||
    (await getNamespaceAccess(services.domain, person.principal, owner.id)) === 'admin';
  if (!mayAuthorize) {
    throw new DomainError(
      'denied',
      `Only administrators of ${owner.name} may authorize this application, and those to whom one of them assigned it.`,
    );
  }
  requireRedirectUri(services, request, application, asked);
  const { redirectUri, responseType, state } = asked;
  const refuse = (error: string, description?: string): Refusal =>
    new Refusal(redirectAnswer(redirectUri, { error, error_description: description, state }));
  if (responseType !== 'code' && responseType !== 'token') throw refuse('unsupported_response_type');
  const challengeProblem = findChallengeProblem(asked);
  if (challengeProblem !== undefined) throw refuse('invalid_request', challengeProblem);
  return {
    application,
    owner,
    redirectUri,
    scopes: requireScopes(services, person, scopes, refuse),
    responseType,
    state,
    assignmentUuid,
    challenge: asked.challenge,
  };
}

/** The application, unless its owner is disabled. Throws DomainError `not_found`. */
export async function getClient(
  { domain }: LoginServices,
  clientId: string,
): Promise<{ readonly application: Application; readonly owner: Account }> {
  const { read } = domain.database;
  const application = await findApplicationByClientId(read, clientId);
  const owner = application && (await findAccountById(read, application.ownerId));
  if (application === undefined || owner?.enabled !== true) {
    throw new DomainError('not_found', 'There is no application with this client id.');
  }
  return { application, owner };
}

/** An offer to this person for this very request, or for more scopes than it asks for. */
async function findOffer(
  { domain, settings }: LoginServices,
  person: Person,
  asked: AskedAuthorization,
  scopes: readonly OauthScope[] | undefined,
): Promise<string | undefined> {
  if (!settings.oauth.featureAssignToken || asked.assignmentUuid === undefined || scopes === undefined) {
    return undefined;
  }
  const [offer] = await listAssignments(domain.database.read, {
    accountId: person.account.id,
    uuid: asked.assignmentUuid,
  });
  const offered = findOauthScopes(offer?.scope ?? '') ?? [];
  const matches =
    offer !== undefined &&
    offer.application.clientId === asked.clientId &&
    offer.redirectUri === asked.redirectUri &&
    offer.responseType === asked.responseType &&
    scopes.every((scope) => offered.includes(scope));
  return matches ? offer.uuid : undefined;
}

/** Nothing is ever sent to an address that is not registered; the registered one is told of the mistake. */
export function requireRedirectUri(
  services: LoginServices,
  request: RequestContext,
  application: Application,
  asked: Pick<AskedAuthorization, 'redirectUri' | 'state'>,
): void {
  const ownPage = `${request.baseUrl}${services.settings.oauth.localHandler}`;
  if (asked.redirectUri === ownPage) return;
  if (isRegisteredRedirectUri(asked.redirectUri, application.redirectUri)) return;
  if (parseRedirectUri(application.redirectUri) === undefined) {
    throw new DomainError('invalid_request', 'The application has no redirect URI that could be used.');
  }
  throw new Refusal(mismatch(application.redirectUri, asked.state));
}

function mismatch(registered: string, state: string | undefined): Answer {
  return redirectAnswer(registered, { error: 'redirect_uri_mismatch', state });
}

function requireScopes(
  { domain }: LoginServices,
  person: Person,
  scopes: readonly OauthScope[] | undefined,
  refuse: (error: string) => Refusal,
): readonly OauthScope[] {
  const forSuperusers = scopes?.includes('super:user') === true;
  if (scopes === undefined || (forSuperusers && !domain.settings.featureSuperUsers)) {
    throw new DomainError('not_found', 'The application asks for scopes that do not exist.');
  }
  if (forSuperusers && !person.principal.superuser) throw refuse('invalid_scope');
  return scopes;
}
