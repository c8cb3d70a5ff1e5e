import { type Identity, identifyBasic } from '#/auth/authenticate-basic.ts';
import { challengeHeader } from '#/auth/challenge.ts';
import { anonymousSubject } from '#/auth/subject.ts';
import { DomainError, type ErrorCode } from '#/domain/errors.ts';
import { anonymous } from '#/domain/permissions/principal.ts';
import type { AccessRule, RequestContext } from '#/http/route.ts';
import { withHeaders } from '#/registry/errors.ts';
import type { TokenServices } from './token-services.ts';

const nobody: Identity = { principal: anonymous, subject: anonymousSubject };

/** The refusals that a client answers by asking for other credentials. */
const unauthorizedCodes: ReadonlySet<ErrorCode> = new Set([
  'account_disabled',
  'invalid_credentials',
  'unauthorized',
]);

/** Whoever the Basic credentials prove, or nobody when none were sent; bad ones are refused, never taken for none (registry reference B2). */
export const identifyCaller: AccessRule<TokenServices, unknown, Identity> = {
  name: 'basic-or-anonymous',
  async check(services, request) {
    const header = request.headers.authorization;
    if (header === undefined) return nobody;
    try {
      const identity = await identifyBasic(services.domain, services.basic, header);
      count(services, true);
      services.lastAccess?.record(identity.principal);
      return identity;
    } catch (error) {
      count(services, false);
      throw error instanceof DomainError && unauthorizedCodes.has(error.code)
        ? challenged(error, request)
        : error;
    }
  },
};

/** Under the older and the newer of Quay's names. */
function count({ metrics }: TokenServices, succeeded: boolean): void {
  const success = String(succeeded);
  metrics?.authentication.attempts.inc({ auth_kind: 'basic', success });
  metrics?.authentication.count.inc({ kind: 'basic', status: success });
}

/** The refusal of a caller who must log in. */
export function loginRequired(request: RequestContext, message: string): DomainError {
  return challenged(new DomainError('unauthorized', message), request);
}

function challenged(error: DomainError, request: RequestContext): DomainError {
  return withHeaders(error, {
    'www-authenticate': challengeHeader({ baseUrl: request.baseUrl, service: request.host }),
    'docker-distribution-api-version': 'registry/2.0',
  });
}
