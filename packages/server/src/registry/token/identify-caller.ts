import { type Identity, identifyBasic } from '#/auth/authenticate-basic.ts';
import { parseBasicCredentials } from '#/auth/basic-credentials.ts';
import { challengeHeader } from '#/auth/challenge.ts';
import { anonymousSubject } from '#/auth/subject.ts';
import { DomainError, type ErrorCode } from '#/domain/errors.ts';
import { type LoginContext, recordLoginFailure } from '#/domain/logs/index.ts';
import { anonymous } from '#/domain/permissions/principal.ts';
import { requestFacts } from '#/http/request-facts.ts';
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
      if (error instanceof DomainError && refusalCodes.has(error.code))
        await recordRefusal(services, request, error);
      throw error instanceof DomainError && unauthorizedCodes.has(error.code)
        ? challenged(error, request)
        : error;
    }
  },
};

/** Refusals of the credentials themselves. */
const refusalCodes: ReadonlySet<ErrorCode> = new Set([...unauthorizedCodes, 'login_throttled']);

/** An entry of its own in the action log, if the configuration wants it. */
async function recordRefusal(
  { domain, loginLog }: TokenServices,
  request: RequestContext,
  { message }: DomainError,
): Promise<void> {
  if (loginLog === undefined) return;
  const username = parseBasicCredentials(request.headers.authorization ?? '')?.username;
  await recordLoginFailure(domain, loginLog, { username, message }, loginContext(request));
}

/** What the action log says about a log-in here. */
export function loginContext(request: RequestContext): LoginContext {
  return {
    type: 'v2auth',
    ip: request.ip,
    userAgent: request.headers['user-agent'],
    facts: requestFacts(request),
  };
}

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
