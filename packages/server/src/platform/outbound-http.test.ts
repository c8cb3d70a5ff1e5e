import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import {
  createOutboundHttp,
  OutboundFailedError,
  OutboundRefusedError,
  type OutboundRequest,
  type OutboundSettings,
} from '#/platform/outbound-http.ts';

const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close();
  for (const server of servers) server.closeAllConnections();
});

interface Heard {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server that writes down what it hears before it answers. */
async function listen(answer: RequestListener): Promise<{ readonly port: number; readonly heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      heard.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      answer(request, response);
    });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, heard };
}

/** Names of these tests; `*.own.test` are allowed although they lead to loopback. */
const names: Readonly<Record<string, readonly string[]>> = {
  'a.own.test': ['127.0.0.1'],
  'b.own.test': ['127.0.0.1'],
  'loopback.test': ['127.0.0.1'],
  'mapped.test': ['::ffff:127.0.0.1'],
  'mixed.test': ['8.8.8.8', '169.254.169.254'],
  'private.test': ['10.1.2.3'],
  'blocked.test': ['8.8.8.8'],
  'behind.test': ['203.0.113.7'],
};

const settings: OutboundSettings = {
  allowedHosts: ['a.own.test', 'b.own.test'],
  blockedHosts: ['Blocked.test', '203.0.113.7'],
  allowPrivateAddresses: false,
  async resolve(hostname) {
    return (names[hostname] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  },
};

const ask = (url: string, changes: Partial<OutboundRequest> = {}, rules: Partial<OutboundSettings> = {}) =>
  createOutboundHttp({ ...settings, ...rules }).request({
    url,
    method: 'GET',
    timeoutMs: 5000,
    trust: 'user',
    maximumResponseBytes: 1000,
    ...changes,
  });

const refused = [
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://0177.0.0.1/',
  'http://[::1]/',
  'http://[::ffff:127.0.0.1]/',
  'http://localhost/',
  'http://LOCALHOST./',
  'http://a.localhost/',
  'http://169.254.169.254/latest/meta-data/',
  'http://0.0.0.0/',
  'http://loopback.test/',
  'http://loopback.test./',
  'http://mapped.test/',
  'http://mixed.test/',
  'http://private.test/',
  'http://10.0.0.1/',
  'http://BLOCKED.test/',
  'http://user@blocked.test/',
  'http://behind.test/',
  'ftp://a.own.test/',
  'file:///etc/passwd',
  'no url',
] as const;

for (const url of refused) {
  test(`refused: ${url}`, async () => {
    await assert.rejects(ask(url), OutboundRefusedError);
  });
}

test('private addresses are allowed unless the operator forbids them, loopback never', async () => {
  const open = createOutboundHttp({ ...settings, allowPrivateAddresses: true });
  open.checkUrl('http://10.0.0.1/');
  assert.throws(() => open.checkUrl('http://127.0.0.1/'), OutboundRefusedError);
  const listed = createOutboundHttp({ ...settings, allowedHosts: ['10.0.0.0/8', '127.0.0.2'] });
  listed.checkUrl('http://10.0.0.1/');
  listed.checkUrl('http://127.0.0.2/');
  assert.throws(() => listed.checkUrl('http://127.0.0.1/'), OutboundRefusedError);
});

test('the connection goes to the address that was checked', async () => {
  const { port, heard } = await listen((_request, response) => response.end('hello'));
  let lookups = 0;
  const answers = [['127.0.0.2'], ['127.0.0.1']];
  const resolve = async () => (answers[lookups++] ?? []).map((address) => ({ address, family: 4 }));
  // The first answer is allowed and nobody listens there; the second would be where the server is.
  await assert.rejects(
    ask(`http://moving.test:${port}/`, {}, { resolve, allowedHosts: ['127.0.0.2'] }),
    OutboundFailedError,
  );
  assert.equal(lookups, 1);
  assert.equal(heard.length, 0);
});

test('a request arrives as it is, and any status is an answer', async () => {
  const { port, heard } = await listen((_request, response) => {
    response.writeHead(418, { 'X-Answer': 'yes' }).end('teapot');
  });
  const answer = await ask(`http://ann:p%40ss@a.own.test:${port}/x?y=1#z`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{"ä":1}',
  });
  assert.equal(answer.status, 418);
  assert.equal(answer.headers['x-answer'], 'yes');
  assert.equal(answer.body.toString(), 'teapot');
  const [first] = heard;
  assert.equal(first?.method, 'POST');
  assert.equal(first?.url, '/x?y=1');
  assert.equal(first?.body, '{"ä":1}');
  assert.equal(first?.headers.host, `a.own.test:${port}`);
  assert.equal(first?.headers['content-length'], '8');
  assert.equal(first?.headers.authorization, `Basic ${Buffer.from('ann:p@ss').toString('base64')}`);
});

test('a redirect is checked again', async () => {
  const targets = [
    'http://127.0.0.1/',
    'http://loopback.test/',
    'http://blocked.test/',
    'file:///etc/passwd',
  ];
  const { port } = await listen((request, response) => {
    response.writeHead(302, { location: targets[Number(request.url?.slice(1))] ?? '/9' }).end();
  });
  for (const index of targets.keys())
    await assert.rejects(ask(`http://a.own.test:${port}/${index}`), OutboundRefusedError);
  await assert.rejects(ask(`http://a.own.test:${port}/9`), /redirects too often/);
});

test('an address of the configuration is trusted, where it redirects to is not', async () => {
  const target = await listen((_request, response) => response.end('target'));
  const { port } = await listen((request, response) => {
    if (request.url === '/here') response.end('here');
    else
      response
        .writeHead(302, { location: request.url === '/near' ? '/here' : 'http://loopback.test/' })
        .end();
  });
  const trust = 'configuration';
  assert.equal((await ask(`http://127.0.0.1:${target.port}/`, { trust })).body.toString(), 'target');
  assert.equal((await ask(`http://127.0.0.1:${port}/near`, { trust })).body.toString(), 'here');
  await assert.rejects(ask(`http://127.0.0.1:${port}/far`, { trust }), OutboundRefusedError);
});

const redirects = [
  { status: 302, method: 'GET', body: '', type: undefined },
  { status: 303, method: 'GET', body: '', type: undefined },
  { status: 307, method: 'POST', body: 'payload', type: 'text/plain' },
  { status: 308, method: 'POST', body: 'payload', type: 'text/plain' },
] as const;

for (const { status, method, body, type } of redirects) {
  test(`${status} asks with ${method}, and another host gets no credentials`, async () => {
    const { port, heard } = await listen((request, response) => {
      const location = request.url === '/1' ? '/2' : `http://eve:x@b.own.test:${port}/3`;
      if (request.url === '/3') response.end();
      else response.writeHead(status, { location }).end();
    });
    await ask(`http://a.own.test:${port}/1`, {
      method: 'POST',
      headers: { Authorization: 'Bearer secret', Cookie: 'a=b', 'Content-Type': 'text/plain', 'X-Kept': '1' },
      body: 'payload',
    });
    const [, near, far] = heard;
    assert.equal(near?.headers.authorization, 'Bearer secret');
    assert.equal(far?.method, method);
    assert.equal(far?.body, body);
    assert.equal(far?.headers['content-type'], type);
    assert.equal(far?.headers['x-kept'], '1');
    assert.equal(far?.headers.authorization, undefined);
    assert.equal(far?.headers.cookie, undefined);
    assert.equal(far?.headers.host, `b.own.test:${port}`);
  });
}

test('a long response is refused, or cut where only the status matters', async () => {
  const { port } = await listen((_request, response) => response.end('x'.repeat(100_000)));
  await assert.rejects(ask(`http://a.own.test:${port}/`), /more than 1000 bytes/);
  const { status, body } = await ask(`http://a.own.test:${port}/`, { cutLongResponse: true });
  assert.deepEqual([status, body.length], [200, 1000]);
});

test('time is limited: without an answer, within a body, and while a name is looked up', async () => {
  const { port } = await listen((request, response) => {
    if (request.url === '/body') response.write('some');
  });
  const timeoutMs = 100;
  await assert.rejects(ask(`http://a.own.test:${port}/`, { timeoutMs }), OutboundFailedError);
  await assert.rejects(ask(`http://a.own.test:${port}/body`, { timeoutMs }), OutboundFailedError);
  const resolve = () => new Promise<never>(() => undefined);
  await assert.rejects(ask('http://slow.test/', { timeoutMs }, { resolve }), OutboundFailedError);
});

test('a proxy is used for configured addresses only', async () => {
  const proxy = await listen((_request, response) => response.end('by the proxy'));
  const { port } = await listen((_request, response) => response.end('directly'));
  const rules = { proxyEnvironment: { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` } };
  const byOperator = await ask(`http://elsewhere.test:${port}/`, { trust: 'configuration' }, rules);
  assert.equal(byOperator.body.toString(), 'by the proxy');
  assert.equal((await ask(`http://a.own.test:${port}/`, {}, rules)).body.toString(), 'directly');
});
