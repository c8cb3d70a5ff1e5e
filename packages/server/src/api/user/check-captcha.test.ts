import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { checkCaptcha } from '#/api/user/check-captcha.ts';
import { createOutboundHttp } from '#/platform/outbound-http.ts';
import { openApi, personPassword } from '#/testing/api-fixture.ts';

const secretKey = 'secret-of-the-site';
const solved = 'solved-by-a-human';

/** Checks against a service on loopback. */
async function openService(t: TestContext, listener: RequestListener, timeLimitMs = 10_000) {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  t.after(close);
  const { port } = server.address() as AddressInfo;
  const captcha = { secretKey, verificationUrl: `http://127.0.0.1:${port}/siteverify`, timeLimitMs };
  const outbound = createOutboundHttp({ allowedHosts: [], blockedHosts: [], allowPrivateAddresses: false });
  const check = (response: string | undefined) =>
    checkCaptcha({ domain: { outbound }, settings: { captcha } }, response, { ip: '192.0.2.7' });
  return { check, close };
}

/** What the protocol of the service says: a form in, JSON out. */
function siteVerify(asked: Record<string, string>[]): RequestListener {
  return async (request, response) => {
    const body = (await request.toArray()).join('');
    const form = Object.fromEntries(new URLSearchParams(body));
    asked.push({ ...form, method: String(request.method), type: String(request.headers['content-type']) });
    const success = form.secret === secretKey && form.response === solved;
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify(
        success
          ? { success, challenge_ts: '2026-01-01T00:00:00Z', hostname: 'registry.example.com' }
          : { success, 'error-codes': ['invalid-input-response'] },
      ),
    );
  };
}

const robot = { code: 'invalid_request', message: /Are you a bot/ };
const outage = { code: 'external_service_failed', message: /could not be checked. Try again later/ };

test('the service is asked with the secret, the answer and the address of the person', async (t) => {
  const asked: Record<string, string>[] = [];
  const { check } = await openService(t, siteVerify(asked));
  await check(solved);
  const expected = {
    secret: secretKey,
    response: solved,
    remoteip: '192.0.2.7',
    method: 'POST',
    type: 'application/x-www-form-urlencoded',
  };
  assert.deepEqual(asked, [expected]);
  await assert.rejects(check('guess&secret=other'), robot);
  assert.equal(asked[1]?.response, 'guess&secret=other');
});

test('who sends no answer is refused without asking', async (t) => {
  const asked: Record<string, string>[] = [];
  const { check } = await openService(t, siteVerify(asked));
  for (const response of [undefined, '']) await assert.rejects(check(response), robot);
  assert.deepEqual(asked, []);
});

test('a service that does not answer as it should lets nobody pass', async (t) => {
  const answers: readonly (readonly [what: string, listener: RequestListener])[] = [
    ['silence', () => undefined],
    ['no JSON', (_request, response) => response.end('<html>')],
    ['another shape', (_request, response) => response.end('{"success":"yes"}')],
    ['a connection that breaks', (request) => request.socket.destroy()],
    ['an answer without end', (_request, response) => response.end(`{"success":true}${' '.repeat(20_000)}`)],
  ];
  for (const [what, listener] of answers) {
    const { check } = await openService(t, listener, what === 'silence' ? 100 : undefined);
    await assert.rejects(check(solved), outage, what);
  }
  const { check, close } = await openService(t, () => undefined);
  await close();
  await assert.rejects(check(solved), outage, 'nobody listens');
});

test('registration, recovery and new organizations want an answer where the configuration says so', async (t) => {
  const api = await openApi(t, {
    configuration: {
      FEATURE_RECAPTCHA: true,
      RECAPTCHA_SECRET_KEY: secretKey,
      RECAPTCHA_WHITELISTED_USERS: ['sue'],
      FEATURE_MAILING: true,
      MAIL_SERVER: '127.0.0.1',
    },
  });
  await api.createPerson('olga', { email: 'olga@example.com' });
  for (const [path, body] of [
    ['/user/', { username: 'hugo', password: personPassword, email: 'hugo@example.com' }],
    ['/recovery', { email: 'olga@example.com' }],
    ['/organization/', { name: 'acme', email: 'acme@example.com' }],
  ] as const) {
    const { status, json } = await api.call('POST', path, { as: 'olga', body });
    assert.deepEqual([status, json.message], [400, 'Are you a bot? If not, please revalidate the captcha.']);
  }
  await api.createPerson('sue', { email: 'sue@example.com' });
  const acme = { name: 'acme', email: 'acme@example.com' };
  assert.equal((await api.call('POST', '/organization/', { as: 'sue', body: acme })).status, 201);
});
