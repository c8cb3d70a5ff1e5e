import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before } from 'node:test';
import { callHttp, keepAliveAgent } from '#/testing/push-http.ts';
import { initializeServer, type ServerProcess, startServer } from '#/testing/server-process.ts';

/** What a client sends beside method and path. */
export interface Sent {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as a form instead. */
  readonly form?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the reference says that comes back. */
export interface Expected {
  readonly status: number;
  /** JSON, compared key by key: a RegExp stands for a text, a function for a value that passes it. Absent: no body at all. */
  readonly body?: unknown;
  /** Headers that clients use; undefined for one that must be absent. */
  readonly headers?: Readonly<Record<string, string | RegExp | undefined>>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  // biome-ignore lint/suspicious/noExplicitAny: callers go on with values of every shape
  readonly json: any;
}

/** One call of a client, checked in full. */
export type Step = (method: string, path: string, expected: Expected, sent?: Sent) => Promise<Answered>;

/** A step with headers that go with each call, such as the one that proves who calls. */
export function stepsAt(
  url: () => string,
  common: () => Readonly<Record<string, string>> = () => ({}),
): Step {
  const agent = keepAliveAgent();
  return async (method, path, expected, sent = {}) => {
    const body = encode(sent);
    const answer = await callHttp(`${url()}${path}`, {
      method,
      agent,
      headers: {
        accept: 'application/json',
        ...common(),
        ...(body === undefined ? {} : { 'content-type': body.type }),
        ...sent.headers,
      },
      ...(body === undefined ? {} : { body: Buffer.from(body.text) }),
    });
    const what = `${method} ${path}`;
    const text = answer.body.toString('utf8');
    assert.equal(answer.status, expected.status, `${what}: ${text.slice(0, 500)}`);
    for (const [name, value] of Object.entries(expected.headers ?? {})) {
      const found = answer.headers[name];
      if (value instanceof RegExp) assert.match(String(found), value, `${what}: ${name}`);
      else assert.equal(found, value, `${what}: ${name}`);
    }
    if (!('body' in expected)) {
      assert.equal(text, '', `${what}: no body`);
      return { status: answer.status, headers: answer.headers, json: undefined };
    }
    assert.match(String(answer.headers['content-type']), /^application\/json(;|$)/, `${what}: type`);
    const json = JSON.parse(text);
    assert.deepEqual(json, settle(expected.body, json), what);
    return { status: answer.status, headers: answer.headers, json };
  };
}

function encode({ body, form }: Sent): { readonly type: string; readonly text: string } | undefined {
  if (form !== undefined) {
    return { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(form).toString() };
  }
  return body === undefined ? undefined : { type: 'application/json', text: JSON.stringify(body) };
}

/** The expected value, with that which was found in place of every pattern that it satisfies. */
function settle(expected: unknown, found: unknown): unknown {
  if (expected instanceof RegExp) {
    return typeof found === 'string' && expected.test(found) ? found : `a text like ${expected}`;
  }
  if (typeof expected === 'function') return expected(found) === true ? found : `passes ${expected}`;
  if (Array.isArray(expected)) {
    return expected.map((item, index) => settle(item, Array.isArray(found) ? found[index] : undefined));
  }
  if (typeof expected !== 'object' || expected === null) return expected;
  const members = (typeof found === 'object' ? found : undefined) as Record<string, unknown> | undefined;
  return Object.fromEntries(
    Object.entries(expected).map(([key, value]) => [key, settle(value, members?.[key])]),
  );
}

export const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** RFC 2822 in UTC, as Quay writes dates. */
export const date = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d -0000$/;
export const robotToken = /^[A-Z0-9]{64}$/;
export const isEpochSeconds = (value: unknown): boolean =>
  Number.isInteger(value) && Math.abs(Number(value) - Date.now() / 1000) < 3600;

/** The avatar of somebody with this e-mail, or without one; of a team by its name. */
export function avatar(kind: 'user' | 'robot' | 'org' | 'team' | 'app', name: string, email = name): unknown {
  const hash = createHash('md5').update(email.trim().toLowerCase()).digest('hex');
  return { name, hash, color: /^#[0-9a-f]{6}$/i, kind };
}

/**
 * The body of an error: Quay sends the keys of a problem for some and `message` for others; both at once serve clients of either. More keys
 * belong to an operation.
 */
export function problem(
  status: number,
  type: string,
  more: Readonly<Record<string, unknown>> = {},
): Expected {
  let detail: unknown;
  const body = {
    status,
    error_type: type,
    title: type,
    type: new RegExp(`^http://[^/]+/api/v1/error/${type}$`),
    detail: (value: unknown) => {
      detail = value;
      return typeof value === 'string' && value !== '';
    },
    error_message: (value: unknown) => value === detail,
    message: (value: unknown) => value === detail,
    ...more,
  };
  return { status, body };
}

/** A server for the tests of a file, with the first user `admin` and a token of all scopes. */
export function dropInServer(configuration?: Readonly<Record<string, unknown>>): {
  server(): ServerProcess;
  token(): string;
  /** Calls with the token of `admin`. */
  readonly step: Step;
} {
  let running: ServerProcess | undefined;
  let accessToken = '';
  const server = (): ServerProcess => {
    if (running === undefined) throw new Error('the server is not up');
    return running;
  };
  before(async () => {
    running = await startServer(configuration === undefined ? {} : { configuration });
    accessToken = (await initializeServer(running)).access_token;
  });
  after(() => running?.dispose());
  return {
    server,
    token: () => accessToken,
    step: stepsAt(
      () => server().url,
      () => ({ authorization: `Bearer ${accessToken}` }),
    ),
  };
}
