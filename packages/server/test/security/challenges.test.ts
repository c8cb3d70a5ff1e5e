import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openHostileServer, repository } from './hostile-server.ts';
import { sendRaw } from './raw-http.ts';

/*
 * What a client is told about where to go: realm, Location, Link. Nothing that a request brings may lead elsewhere or end a header early.
 */

const v2 = `/v2/${repository}`;
const hostname = 'registry.example.com';
const forwarding: readonly string[] = [
  'X-Forwarded-Host: other.example',
  'X-Forwarded-Proto: ftp',
  'X-Forwarded-Port: 1',
  'X-Forwarded-Prefix: /other',
  'X-Host: other.example',
  'X-Original-URL: /other',
  'X-Rewrite-URL: /other',
  'Forwarded: host=other.example;proto=https',
  'Origin: http://other.example',
  'Referer: http://other.example/',
];

/** Value of a header in the text of an answer. */
function headerOf(text: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)\\r$`, 'im').exec(text)?.[1];
}

/** The lines of an answer's head carry only names that this server writes. */
function assertNoForeignHeader(text: string, what: string): void {
  const [head = ''] = text.split('\r\n\r\n', 1);
  for (const line of head.split('\r\n').slice(1)) {
    assert.match(
      line,
      /^(?:www-authenticate|docker-[a-z-]+|content-[a-z]+|location|range|link|date|connection|x-request-id|x-sparse-manifest-support|cache-control|allow|etag|vary|keep-alive|retry-after|x-frame-options): /i,
      what,
    );
  }
}

describe('without SERVER_HOSTNAME', async () => {
  const hostile = await openHostileServer();
  const { server, token, anonymous, request } = hostile;
  const withHost = (host: string, path = '/v2/', more = '') =>
    sendRaw(server.port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${more}\r\n`);

  test('a Host that is a host is the realm, as it stands', async () => {
    for (const host of [
      'registry.example.com',
      'registry.example.com:8443',
      '127.0.0.1',
      '[::1]:5000',
      'a_b',
    ]) {
      const { status, text } = await withHost(host);
      assert.equal(status, 401);
      assert.equal(
        headerOf(text, 'www-authenticate'),
        `Bearer realm="http://${host}/v2/auth",service="${host}"`,
      );
    }
  });

  test('any other Host is refused where it counts', async () => {
    for (const host of [
      '',
      'a b',
      'a"b',
      "a'b",
      'a/b',
      'a\\b',
      'a?b',
      'a#b',
      'a,b',
      'a;b',
      'user@a',
      'a:b',
      'a:999999',
      'a:1:2',
      'http://a',
      '//a',
      '[::1',
      '[::1]x',
      '<script>',
      'ä.example',
      '%61',
      '-a',
      '.a',
      'a'.repeat(300),
    ]) {
      const { status, text } = await withHost(host);
      assert.equal(status, 400, host);
      assert.equal(headerOf(text, 'www-authenticate'), undefined, host);
    }
    const twice = 'GET /v2/ HTTP/1.1\r\nHost: a.example\r\nhost: b.example\r\nConnection: close\r\n\r\n';
    assert.equal((await sendRaw(server.port, twice)).status, 400);
  });

  test('forwarding headers change neither realm nor Location', async () => {
    const { text } = await anonymous('GET /v2/', forwarding);
    assert.equal(
      headerOf(text, 'www-authenticate'),
      `Bearer realm="http://${server.host}/v2/auth",service="${server.host}"`,
    );
    const upload = await request(`POST ${v2}/blobs/uploads/`, [...forwarding, 'Content-Length: 0']);
    const location = headerOf(upload.text, 'location') ?? '';
    assert.ok(location.startsWith(`http://${server.host}${v2}/blobs/uploads/`), location);
    await request(`DELETE ${new URL(location).pathname}`);
  });

  test('a token for one host is worth nothing at another', async () => {
    const authorization = `Authorization: Bearer ${token}\r\n`;
    for (const path of ['/v2/', `${v2}/tags/list`]) {
      const { status, text } = await withHost('other.example', path, authorization);
      assert.equal(status, 401, path);
      assert.doesNotMatch(text, /"tags"/);
    }
    assert.equal((await withHost(server.host, `${v2}/tags/list`, authorization)).status, 200);
  });

  test('nothing in a request ends a header early', async () => {
    const injections = [
      '%0d%0aX-Injected:%201',
      '%0aX-Injected:%201',
      '%22,error=%22x',
      '%22',
      '%5c%22',
      '%c4%8d%c4%8a',
    ];
    for (const text of injections) {
      for (const [line, headers] of [
        [`GET /v2/admin/${text}/tags/list`, []],
        [`GET /v2/${text}/app/tags/list`, []],
        [`GET ${v2}/manifests/${text}`, []],
        [`GET ${v2}/tags/list?last=${text}&n=1`, []],
        [`GET /v2/auth?service=${text}`, []],
        [`GET /v2/auth?scope=${text}`, []],
        [`GET /v2/auth?scope=repository:admin/${text}:pull`, []],
        [`GET /v2/auth?account=${text}&client_id=${text}`, []],
        [`GET /v2/?x=${text}`, [`User-Agent: ${text}`]],
        [`GET /${text}`, []],
      ] as const) {
        for (const send of [anonymous, request]) {
          const answer = await send(line, headers);
          assert.ok(answer.status >= 200 && answer.status < 500, line);
          assertNoForeignHeader(answer.text, line);
          const challenge = headerOf(answer.text, 'www-authenticate');
          if (challenge !== undefined) assert.match(challenge, challengePattern, line);
        }
      }
    }
  });

  test('nothing is ever redirected, and no page repeats what it was sent', async () => {
    for (const path of [
      '//other.example/',
      '//other.example/%2f..',
      '/\\other.example/',
      '/%5cother.example/',
      '/v2//other.example/',
      '/v2/auth?redirect_uri=http://other.example/&next=//other.example',
      'http://other.example/v2/_catalog?n=1',
      '/<script>alert(1)</script>',
      '/?<script>alert(1)</script>',
      '/v2/<script>alert(1)</script>/x/tags/list',
    ]) {
      const { status, text } = await anonymous(`GET ${path}`);
      assert.ok(status < 300 || status >= 400, path);
      assert.equal(headerOf(text, 'location'), undefined, path);
      assert.doesNotMatch(text, /<script>|other\.example/, path);
    }
  });

  test('nothing of this did harm', () => hostile.checkUnharmed());
});

describe('with SERVER_HOSTNAME', async () => {
  const hostile = await openHostileServer({ SERVER_HOSTNAME: hostname, PREFERRED_URL_SCHEME: 'https' });
  const { server, token } = hostile;

  test('no Host and no forwarding header changes realm, service or Location', async () => {
    for (const host of ['other.example', 'a"b', '', '<script>', `${hostname}.other.example`, hostname]) {
      const lines = [`Host: ${host}`, ...forwarding, 'Connection: close', 'Content-Length: 0'].join('\r\n');
      for (const target of ['/v2/', 'http://other.example/v2/', 'https://other.example:1/v2/']) {
        const { text } = await sendRaw(server.port, `GET ${target} HTTP/1.1\r\n${lines}\r\n\r\n`);
        assert.equal(
          headerOf(text, 'www-authenticate'),
          `Bearer realm="https://${hostname}/v2/auth",service="${hostname}"`,
          `${target} ${host}`,
        );
      }
      const authorization = `Authorization: Bearer ${token}`;
      const { text } = await sendRaw(
        server.port,
        `POST http://other.example${v2}/blobs/uploads/ HTTP/1.1\r\n${lines}\r\n${authorization}\r\n\r\n`,
      );
      const location = headerOf(text, 'location') ?? '';
      assert.ok(location.startsWith(`https://${hostname}${v2}/blobs/uploads/`), location);
      const { pathname } = new URL(location);
      await sendRaw(server.port, `DELETE ${pathname} HTTP/1.1\r\n${lines}\r\n${authorization}\r\n\r\n`);
    }
  });

  test('a token that names the host of the request as its audience is refused', async () => {
    const query = `service=${encodeURIComponent(server.host)}&scope=repository:${repository}:pull`;
    const answer = await fetch(`${server.url}/v2/auth?${query}`);
    const { token: other } = (await answer.json()) as { token: string };
    const refused = await fetch(`${server.url}/v2/`, { headers: { authorization: `Bearer ${other}` } });
    assert.equal(refused.status, 401);
  });
});

const challengePattern =
  /^Bearer realm="http:\/\/[^"\\]+\/v2\/auth",service="[^"\\]+"(?:,scope="[^"\\]+")?(?:,error="[a-z_]+")?$/;
