import { z } from 'zod';
import type { DirectoryPerson } from '#/auth/engines/define-auth-engine.ts';
import type { Clock } from '#/platform/clock.ts';
import type { OutboundHttp, OutboundResponse } from '#/platform/outbound-http.ts';
import type { JwtConfig } from './jwt-config.ts';
import { UnprovedAnswerError, verifyAnswer } from './verify-answer.ts';

/** What the service says of a password: a person, or why not. */
export type JwtVerdict = { readonly person: DirectoryPerson } | { readonly reason: string };

/** The service behind `JWT_*`. Everything throws an Error while it does not answer, UnprovedAnswerError for tokens that prove nothing. */
export interface JwtDirectory {
  verify(login: string, password: string): Promise<JwtVerdict>;
  findPerson(usernameOrEmail: string): Promise<DirectoryPerson | undefined>;
  findPeople(prefix: string, limit: number): Promise<readonly DirectoryPerson[]>;
  /** Why an endpoint cannot be what it should be, undefined when it refuses a call without credentials. */
  findEndpointFault(): Promise<string | undefined>;
}

export interface JwtDirectoryServices {
  readonly outbound: OutboundHttp;
  readonly clock: Clock;
}

/** Of each call. */
export const jwtTimeoutMs = 2000;
const longestAnswerBytes = 1024 * 1024;
const longestReason = 300;

const audiences = {
  verify: 'quay.io/jwtauthn',
  query: 'quay.io/jwtauthn/query',
  getUser: 'quay.io/jwtauthn/getuser',
} as const;

const claimText = z.string().min(1).max(255);
const answerSchema = z.object({ token: z.string() });
const personSchema = z.object({ sub: claimText, email: claimText.nullish() });
const resultsSchema = z.object({
  results: z.array(z.object({ username: claimText, email: claimText.nullish() })).max(10_000),
});

export function createJwtDirectory(config: JwtConfig, services: JwtDirectoryServices): JwtDirectory {
  const call = (url: string, headers: Readonly<Record<string, string>> = {}): Promise<OutboundResponse> =>
    services.outbound.request({
      url,
      method: 'GET',
      headers: { accept: 'application/json', ...headers },
      timeoutMs: jwtTimeoutMs,
      trust: 'configuration',
      maximumResponseBytes: longestAnswerBytes,
    });

  const claimsOf = async (answer: OutboundResponse, audience: string): Promise<unknown> => {
    const parsed = answerSchema.safeParse(parseJson(answer.body));
    if (!parsed.success) throw new UnprovedAnswerError('the answer holds no token');
    return verifyAnswer(config, services.clock, { token: parsed.data.token, audience });
  };

  const findPeople = async (query: string, limit: number): Promise<readonly DirectoryPerson[]> => {
    if (config.queryEndpoint === undefined) return [];
    const answer = await call(withParameters(config.queryEndpoint, { query, limit: String(limit) }));
    refuseOutage(answer);
    if (answer.status !== 200) return [];
    const claims = resultsSchema.safeParse(await claimsOf(answer, audiences.query));
    if (!claims.success) throw new UnprovedAnswerError('the claim "results" is no list of users');
    return claims.data.results
      .slice(0, limit)
      .map(({ username, email }) => ({ username, email: email ?? undefined }));
  };

  return {
    async verify(login, password) {
      // Basic authentication ends the name at the first colon (RFC 7617): another person would be asked about.
      if (login.includes(':')) return { reason: 'Username not found' };
      const credentials = Buffer.from(`${login}:${password}`).toString('base64');
      const answer = await call(config.verifyEndpoint, { authorization: `Basic ${credentials}` });
      refuseOutage(answer);
      if (answer.status !== 200) return { reason: reasonOf(answer.body) };
      const claims = personSchema.safeParse(await claimsOf(answer, audiences.verify));
      if (!claims.success) return { reason: 'Missing sub field in JWT' };
      const person = { username: claims.data.sub, email: claims.data.email ?? undefined };
      if (person.email === undefined && config.emailRequired) return { reason: 'Missing email field in JWT' };
      if (!isCalled(person, login))
        return { reason: 'The authentication service answered about somebody else' };
      return { person };
    },
    async findPerson(usernameOrEmail) {
      if (config.getUserEndpoint === undefined) {
        const found = await findPeople(usernameOrEmail, 20);
        return found.find((person) => isCalled(person, usernameOrEmail));
      }
      const answer = await call(withParameters(config.getUserEndpoint, { username: usernameOrEmail }));
      refuseOutage(answer);
      if (answer.status !== 200) return undefined;
      const claims = personSchema.safeParse(await claimsOf(answer, audiences.getUser));
      if (!claims.success) throw new UnprovedAnswerError('the claim "sub" is missing');
      const person = { username: claims.data.sub, email: claims.data.email ?? undefined };
      return isCalled(person, usernameOrEmail) ? person : undefined;
    },
    findPeople,
    async findEndpointFault() {
      const url = config.getUserEndpoint ?? config.verifyEndpoint;
      const { status } = await call(url);
      if (status >= 400 && status < 500) return undefined;
      const name = config.getUserEndpoint === undefined ? 'JWT_VERIFY_ENDPOINT' : 'JWT_GETUSER_ENDPOINT';
      return `${name} answers ${status} to a call that names nobody; a status of 400 to 499 is expected.`;
    },
  };
}

function withParameters(endpoint: string, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

/** The token of another person, sent again, must not sign anybody in as that person. */
function isCalled({ username, email }: DirectoryPerson, login: string): boolean {
  const folded = login.toLowerCase();
  return username.toLowerCase() === folded || email?.toLowerCase() === folded;
}

/** A server that fails is no verdict on a person. */
function refuseOutage({ status }: OutboundResponse): void {
  if (status >= 500 || status === 429) throw new Error(`the authentication service answers ${status}`);
}

/** The body as plain text on one line, which whoever signs in reads. */
function reasonOf(body: Buffer): string {
  const text = body
    .subarray(0, 4 * longestReason)
    .toString('utf8')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\uFFFD\s]+/gu, ' ')
    .trim();
  return [...text].slice(0, longestReason).join('') || 'Invalid username or password';
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
