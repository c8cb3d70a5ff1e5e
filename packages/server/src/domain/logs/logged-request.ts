import type { Principal } from '#/domain/permissions/principal.ts';

/** What an entry tells about its request with `FEATURE_EXTENDED_ACTION_LOGGING`, with Quay's names (REST reference H). */
export interface LoggedRequest {
  readonly request_url: string;
  readonly http_method: string;
  /** `session`, `basic`, `bearer`, `oauth`; null for nobody. */
  readonly auth_type: string | null;
  readonly user_agent: string | null;
  /** `user`, `robot`, `oauth`, `app_specific_token`, `token`; null for nobody. */
  readonly performer_kind: string | null;
  readonly request_id: string;
  readonly x_forwarded_for: string | null;
}

/** What a request says about itself; secrets of its address are masked. */
export interface RequestFacts {
  readonly url: string;
  readonly method: string;
  /** Scheme of its header `Authorization`, lower case. */
  readonly scheme: string | undefined;
  readonly userAgent: string | null;
  readonly requestId: string;
  readonly forwardedFor: string | null;
}

export function loggedRequest(principal: Principal, facts: RequestFacts): LoggedRequest {
  return {
    request_url: facts.url,
    http_method: facts.method,
    auth_type: authType(principal, facts.scheme),
    user_agent: facts.userAgent,
    performer_kind: performerKind(principal),
    request_id: facts.requestId,
    x_forwarded_for: facts.forwardedFor,
  };
}

function authType(principal: Principal, scheme: string | undefined): string | null {
  if (principal.kind === 'anonymous') return null;
  if (principal.kind === 'oauth-token') return 'oauth';
  return scheme ?? 'session';
}

function performerKind(principal: Principal): string | null {
  switch (principal.kind) {
    case 'anonymous':
      return null;
    case 'user':
      return principal.appToken === undefined ? 'user' : 'app_specific_token';
    case 'robot':
      return 'robot';
    case 'oauth-token':
      return 'oauth';
    case 'access-token':
      return 'token';
  }
}
