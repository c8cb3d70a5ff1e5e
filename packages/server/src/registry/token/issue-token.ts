import { z } from 'zod';
import type { Identity } from '#/auth/authenticate-basic.ts';
import type { AccessEntry } from '#/auth/registry-token-claims.ts';
import { recordLogin } from '#/domain/logs/index.ts';
import { type Answer, jsonAnswer } from '#/http/answer.ts';
import { requestFacts } from '#/http/request-facts.ts';
import { type RequestContext, route } from '#/http/route.ts';
import { grantScope } from './grant-scope.ts';
import { identifyCaller, loginContext, loginRequired } from './identify-caller.ts';
import { parseScopes, type RequestedScope } from './parse-scopes.ts';
import type { TokenServices } from './token-services.ts';

/** A parameter that may be repeated; absent is an empty list. */
const repeated = z.union([z.string(), z.array(z.string())]).optional();

/** As long as a host name with a port can be. */
const longestService = 260;

/** The token service of the registry: Basic credentials or none in, a bearer token for `/v2` out (registry reference B2). */
export const issueToken = route({
  operationId: 'issueToken',
  method: 'GET',
  url: '/v2/auth',
  status: 200,
  access: identifyCaller,
  request: {
    params: z.unknown(),
    query: z.object({ service: z.string().max(longestService).optional(), scope: repeated }),
    body: { kind: 'none' },
  },
  response: z.object({
    token: z.string(),
    access_token: z.string(),
    expires_in: z.int(),
    issued_at: z.string(),
  }),
  async handle({ query, granted }, services: TokenServices, request) {
    const scopes = parseScopes(listOf(query.scope), request.host, services.domain.settings);
    refuseNobody(services, granted, request, scopesWereNamed(query.scope));
    if (scopes.length === 0) await recordLoginOf(services, granted, request);
    const access = await grantAll(services, granted, request, scopes);
    const issued = await services.tokens.issue({
      audience: query.service || request.host,
      subject: granted.subject,
      access,
    });
    return tokenAnswer(issued);
  },
});

/** A log-in without credentials fails, whatever anonymous callers may pull. */
function refuseNobody(
  services: TokenServices,
  identity: Identity,
  request: RequestContext,
  hasScopes: boolean,
): void {
  if (identity.principal.kind !== 'anonymous') return;
  if (!hasScopes) throw loginRequired(request, 'Log in with a user name and a password or token.');
  if (services.domain.settings.featureAnonymousAccess) return;
  throw loginRequired(request, 'This registry takes no anonymous requests. Log in.');
}

/** A request without a scope is what `docker login` sends; the others leave the entries of pulls and pushes. */
async function recordLoginOf(
  { domain, loginLog }: TokenServices,
  { principal }: Identity,
  request: RequestContext,
): Promise<void> {
  if (loginLog !== undefined) await recordLogin(domain, loginLog, principal, loginContext(request));
}

function scopesWereNamed(scope: z.infer<typeof repeated>): boolean {
  return listOf(scope).some((text) => text.trim() !== '');
}

/** One after the other: a scope may create the repository that the next one names. */
async function grantAll(
  services: TokenServices,
  identity: Identity,
  request: RequestContext,
  scopes: readonly RequestedScope[],
): Promise<AccessEntry[]> {
  const access: AccessEntry[] = [];
  for (const scope of scopes) {
    const { principal } = identity;
    const entry = { principal, scope, ip: request.ip, facts: requestFacts(request) };
    access.push(await grantScope(services.domain, entry));
  }
  return access;
}

/** Clients read `token` or `access_token`, and take a life of 60 s where `expires_in` is absent (H-6, H-7). */
function tokenAnswer(issued: {
  readonly token: string;
  readonly issuedMs: number;
  readonly expiresInSeconds: number;
}): Answer {
  const body = {
    token: issued.token,
    access_token: issued.token,
    expires_in: issued.expiresInSeconds,
    issued_at: new Date(issued.issuedMs).toISOString(),
  };
  return jsonAnswer(200, body, { 'cache-control': 'no-cache, no-store, must-revalidate' });
}

function listOf(value: z.infer<typeof repeated>): readonly string[] {
  return value === undefined ? [] : [value].flat();
}
