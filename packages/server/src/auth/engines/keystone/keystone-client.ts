import { z } from 'zod';
import type { Clock } from '#/platform/clock.ts';
import type { OutboundHttp, OutboundRequest, OutboundResponse } from '#/platform/outbound-http.ts';
import type { KeystoneConfig } from './keystone-config.ts';

/** Somebody with a token of Keystone. */
export interface KeystoneSession {
  readonly token: string;
  readonly userId: string;
  readonly name: string;
  readonly expiresAtMs: number;
}

/** Calls of the Identity API v3. Everything throws an Error while Keystone does not answer as it should. */
export interface KeystoneClient {
  /** Undefined when Keystone refuses the name or the password; `project` in the same domain scopes the token. */
  signIn(name: string, password: string, project?: string): Promise<KeystoneSession | undefined>;
  /** JSON of a path such as `/users/1`; undefined when it does not exist or may not be read with this token. */
  read(path: string, token: string): Promise<unknown>;
  /** JSON of a path, read as the administrator, whose token is kept until it expires; undefined when it does not exist. */
  readAsAdmin(path: string): Promise<unknown>;
  /** Throws an Error with the reason when the administrator cannot log in. */
  signInAdmin(): Promise<KeystoneSession>;
}

export interface KeystoneClientServices {
  readonly outbound: OutboundHttp;
  readonly clock: Clock;
}

/** Of users, groups and projects: other domains may have other people with the same names. */
export const keystoneDomain = 'default';
/** A group of 10,000 is about 5 MB. */
const longestAnswerBytes = 64 * 1024 * 1024;
/** A token is renewed before others notice. */
const renewBeforeMs = 60_000;
/** Statuses with which Keystone says no to a name and password, rather than that it cannot tell. */
const refusals: ReadonlySet<number> = new Set([400, 401, 403, 413]);

const tokenSchema = z.object({
  token: z.object({
    user: z.object({ id: z.string(), name: z.string().min(1) }),
    expires_at: z.iso.datetime({ offset: true }),
  }),
});

export function createKeystoneClient(
  config: KeystoneConfig,
  { outbound, clock }: KeystoneClientServices,
): KeystoneClient {
  let admin: Promise<KeystoneSession> | undefined;

  const call = (
    method: 'GET' | 'POST',
    path: string,
    more: Partial<OutboundRequest>,
  ): Promise<OutboundResponse> =>
    outbound.request({
      url: `${config.baseUrl}${path}`,
      method,
      timeoutMs: Math.ceil(config.timeoutSeconds * 1000),
      trust: 'configuration',
      maximumResponseBytes: longestAnswerBytes,
      // The body holds a password, and the headers a token.
      followRedirects: false,
      ...more,
    });

  const signIn: KeystoneClient['signIn'] = async (name, password, project) => {
    const domain = { id: keystoneDomain };
    const identity = { methods: ['password'], password: { user: { name, domain, password } } };
    const scope = project === undefined ? {} : { scope: { project: { name: project, domain } } };
    const answer = await call('POST', '/auth/tokens', {
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ auth: { identity, ...scope } }),
    });
    if (refusals.has(answer.status)) return undefined;
    const token = answer.headers['x-subject-token'];
    if (answer.status !== 201 || token === undefined) throw unexpected(answer);
    const { user, expires_at } = tokenSchema.parse(parseJson(answer)).token;
    return { token, userId: user.id, name: user.name, expiresAtMs: Date.parse(expires_at) };
  };

  const signInAdmin = async (): Promise<KeystoneSession> => {
    const session = await signIn(config.adminUsername, config.adminPassword, config.adminTenant);
    if (session !== undefined) return session;
    throw new Error(
      'Keystone refuses KEYSTONE_ADMIN_USERNAME, KEYSTONE_ADMIN_PASSWORD or KEYSTONE_ADMIN_TENANT',
    );
  };

  /** Shared by all who ask at the same time; failures are not kept. */
  const adminSession = async (): Promise<KeystoneSession> => {
    const kept = admin;
    if (kept !== undefined) {
      const session = await kept;
      if (clock.nowMs() < session.expiresAtMs - renewBeforeMs) return session;
    }
    if (admin === kept) {
      const renewed = signInAdmin();
      admin = renewed;
      renewed.catch(() => {
        if (admin === renewed) admin = undefined;
      });
    }
    return admin ?? signInAdmin();
  };

  const get = (path: string, token: string): Promise<OutboundResponse> =>
    call('GET', path, { headers: { accept: 'application/json', 'x-auth-token': token } });

  return {
    signIn,
    signInAdmin,
    async read(path, token) {
      const answer = await get(path, token);
      return answer.status === 401 || answer.status === 403 ? undefined : contentOf(answer);
    },
    async readAsAdmin(path) {
      const session = await adminSession();
      const answer = await get(path, session.token);
      if (answer.status !== 401) return contentOf(answer);
      // Revoked, or Keystone changed its keys.
      admin = undefined;
      const renewed = await adminSession();
      const again = await get(path, renewed.token);
      if (again.status === 401) throw unexpected(again);
      return contentOf(again);
    },
  };
}

function contentOf(answer: OutboundResponse): unknown {
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw unexpected(answer);
  return parseJson(answer);
}

function parseJson({ body }: OutboundResponse): unknown {
  return JSON.parse(body.toString('utf8'));
}

function unexpected({ status }: OutboundResponse): Error {
  const advice = status === 404 || status === 300 ? '; KEYSTONE_AUTH_URL must end in /v3' : '';
  return new Error(`Keystone answers ${status}${advice}`);
}
