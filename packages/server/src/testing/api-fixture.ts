import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { sessionCookie } from '#/auth/sessions/session-cookie.ts';
import { buildHttp } from '#/compose/build-http.ts';
import { openServices } from '#/compose/open-services.ts';
import { sessionSettings } from '#/compose/settings.ts';
import type { Configuration } from '#/config/configuration.ts';
import { createUser, findAccountByName } from '#/domain/namespaces/index.ts';
import type { OauthScope } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import { startSession } from '#/domain/sign-in/index.ts';
import { createOauthApplication, createOauthToken } from '#/domain/tokens/index.ts';
import { type ManualClock, manualClock } from '#/platform/clock.ts';
import { silentLogger } from '#/platform/logger.ts';
import { createMetrics } from '#/platform/metrics.ts';
import { createPasswordHasher } from '#/platform/password-hasher.ts';
import { callHttp, keepAliveAgent } from '#/testing/push-http.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { writeTestConfiguration } from '#/testing/write-test-configuration.ts';

export interface ApiCall {
  /** Who calls, by the cookie of a session; absent: nobody, with the CSRF token of a browser all the same. */
  readonly as?: string | undefined;
  /** An OAuth token instead. */
  readonly bearer?: string | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as a form of a page instead. */
  readonly form?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** The parsed body; undefined when it is empty or no JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  readonly json: any;
}

export interface ApiFixture {
  readonly services: Services;
  readonly configuration: Configuration;
  readonly clock: ManualClock;
  readonly url: string;
  readonly dataDirectory: string;
  /** Makes a person with the password `correct-horse`. */
  createPerson(
    name: string,
    more?: { readonly email?: string; readonly superuser?: boolean },
  ): Promise<{ id: number; name: string }>;
  /** Path below `/api/v1`, or from the root when it starts with `//`. */
  call(method: string, path: string, call?: ApiCall): Promise<ApiAnswer>;
  /** An OAuth token of a person with these scopes. */
  tokenOf(name: string, scopes: readonly OauthScope[]): Promise<string>;
  /** What proves who calls. */
  headersOf(call: Pick<ApiCall, 'as' | 'bearer'>): Promise<Record<string, string>>;
  /** Now instead of after the test. */
  close(): Promise<void>;
}

/** Password of every person that the fixture makes. */
export const personPassword = 'correct-horse';

/**
 * The whole HTTP side of a server in this process, on a new SQLite database, with a clock of its own; `configuration` adds keys to
 * those of a first start.
 */
export async function openApi(
  t: Pick<TestContext, 'after'>,
  options: {
    readonly configuration?: Readonly<Record<string, unknown>>;
    readonly startMs?: number;
    /** Of a fixture that was closed, to go on with its database. */
    readonly dataDirectory?: string;
  } = {},
): Promise<ApiFixture> {
  const dataDirectory = options.dataDirectory ?? join(scratchDirectory(), 'data');
  const configDirectory = await writeTestConfiguration(dataDirectory, options.configuration ?? {});
  const opened = await openServices({ dataDirectory, configDirectory }, { logger: silentLogger() });
  const passwordHasher = createPasswordHasher({ rounds: 4 });
  const clock = manualClock(options.startMs ?? Date.UTC(2026, 0, 1));
  const services: Services = { ...opened.services, passwordHasher, clock };
  const metrics = createMetrics(opened.configuration.metrics.namespace);
  const { app, flush } = await buildHttp({ ...opened, services }, metrics, {
    dataDirectory,
    version: 'test',
    setupToken: undefined,
    roles: ['registry', 'api'],
    accessLogger: undefined,
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const agent = keepAliveAgent();
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    agent.destroy();
    await app.close();
    await flush();
    await passwordHasher.close();
    await opened.close();
  };
  const closeOnce = (): Promise<void> => {
    closed ??= close();
    return closed;
  };
  t.after(closeOnce);

  const cookieSettings = sessionSettings(opened.configuration);
  const csrfToken = 'csrf-token-of-a-test';
  const cookies = new Map<string, string>();

  async function cookieOf(name: string | undefined): Promise<string> {
    if (name === undefined) return pairOf(sessionCookie(cookieSettings, { csrfToken }));
    const known = cookies.get(name);
    if (known !== undefined) return known;
    const account = await findAccountByName(services.database.read, name);
    if (account === undefined) throw new Error(`there is no account ${name}`);
    const signIn = await startSession(services, {
      account,
      lifeSeconds: 30 * 24 * 3600,
      ip: '127.0.0.1',
      userAgent: 'test',
    });
    const cookie = pairOf(sessionCookie(cookieSettings, { csrfToken, signIn }));
    cookies.set(name, cookie);
    return cookie;
  }

  async function headersOf(call: Pick<ApiCall, 'as' | 'bearer'>): Promise<Record<string, string>> {
    return call.bearer === undefined
      ? { cookie: await cookieOf(call.as), 'x-csrf-token': csrfToken }
      : { authorization: `Bearer ${call.bearer}` };
  }

  return {
    services,
    configuration: opened.configuration,
    clock,
    url,
    dataDirectory,
    createPerson: (name, more = {}) => createUser(services, { name, password: personPassword, ...more }),
    async call(method, path, call = {}) {
      const { form } = call;
      const sent = form ?? (call.body === undefined ? undefined : JSON.stringify(call.body));
      const body = sent === undefined ? undefined : Buffer.from(sent);
      const type = form === undefined ? 'application/json' : 'application/x-www-form-urlencoded';
      const answer = await callHttp(`${url}${path.startsWith('//') ? path.slice(1) : `/api/v1${path}`}`, {
        method,
        agent,
        headers: {
          ...(await headersOf(call)),
          ...(body === undefined ? {} : { 'content-type': type }),
          ...call.headers,
        },
        ...(body === undefined ? {} : { body }),
      });
      const text = answer.body.toString('utf8');
      return { status: answer.status, headers: answer.headers, text, json: parse(text) };
    },
    async tokenOf(name, scopes) {
      const account = await findAccountByName(services.database.read, name);
      if (account === undefined) throw new Error(`there is no account ${name}`);
      const application = await createOauthApplication(services, { ownerId: account.id, name: 'test' });
      return (await createOauthToken(services, { application, accountId: account.id, scopes })).token;
    },
    headersOf,
    close: closeOnce,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function pairOf(setCookie: string): string {
  return setCookie.split(';', 1)[0] ?? '';
}
