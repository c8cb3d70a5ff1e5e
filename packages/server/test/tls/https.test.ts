import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { makeCertificates, type TestCertificates } from '#/testing/certificates.ts';
import { eventually } from '#/testing/eventually.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { readMetric } from '#/testing/process-fixture.ts';
import { callHttp, type HttpAnswer } from '#/testing/push-http.ts';
import { openRawConnection, requestHead } from '#/testing/push-socket.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { type ServerOptions, startServer } from '#/testing/server-process.ts';
import { installCertificate, startTlsServer, type TlsServerProcess, trust } from '#/testing/tls-server.ts';

const get = (url: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> =>
  callHttp(url, { method: 'GET', headers });

async function handshake(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ...options });
  await once(socket, 'secureConnect');
  return socket;
}

async function fingerprintAt(port: number): Promise<string> {
  const socket = await handshake(port);
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

describe('HTTPS', needsPrograms('openssl'), () => {
  let server: TlsServerProcess;
  let second: TestCertificates;
  const servers: { dispose(): Promise<void> }[] = [];

  before(async () => {
    server = await started({});
    second = await makeCertificates('IP:127.0.0.1,DNS:localhost');
    trust(await readFile(second.ca, 'utf8'));
  });
  after(() => Promise.all(servers.map((each) => each.dispose())));

  async function started(options: Parameters<typeof startTlsServer>[0]): Promise<TlsServerProcess> {
    const opened = await startTlsServer(options);
    servers.push(opened);
    return opened;
  }

  test('answers carry HSTS with TLS only, and are never shown in frames', async () => {
    for (const path of ['/v2/', '/', '/nothing', '/api/v1/discovery', '/%']) {
      const { headers } = await get(`${server.url}${path}`);
      assert.equal(headers['strict-transport-security'], 'max-age=63072000; preload', path);
      assert.equal(headers['x-frame-options'], 'DENY', path);
    }
    const plain = await get(`${server.plainUrl}/health/instance`);
    assert.equal(plain.headers['strict-transport-security'], undefined);
    assert.equal(plain.headers['x-frame-options'], 'DENY');
  });

  test('requests without TLS are sent to HTTPS, whatever they are', async () => {
    const cases: readonly (readonly [string, string, number])[] = [
      ['GET', '/v2/', 301],
      ['HEAD', '/v2/a/b/manifests/latest', 301],
      ['GET', '/?q=1&r=//evil.example', 301],
      ['GET', '//evil.example/x', 301],
      ['GET', '/healthy', 301],
      ['POST', '/v2/a/b/blobs/uploads/', 308],
      ['PUT', '/v2/a/b/manifests/latest', 308],
      ['POST', '/api/v1/user/initialize', 308],
    ];
    for (const [method, path, status] of cases) {
      const answer = await callHttp(`${server.plainUrl}${path}`, { method });
      assert.equal(answer.status, status, path);
      assert.equal(answer.headers.location, `${server.url}${path}`, path);
    }
    const strange = await get(`${server.plainUrl}/v2/`, { host: 'registry.example.com:8080' });
    assert.equal(strange.headers.location, `https://registry.example.com:${server.port}/v2/`);
    assert.equal((await get(`${server.plainUrl}/v2/`, { host: 'a"b' })).status, 400);
  });

  test('monitors and certificate authorities are answered without TLS', async () => {
    for (const path of [
      '/health',
      '/health/instance',
      '/health/endtoend',
      '/status',
      '/_internal_ping',
      '/v1/_internal_ping',
    ])
      assert.equal((await get(`${server.plainUrl}${path}`)).status, 200, path);
    for (const path of ['/.well-known/acme-challenge/none', '/metrics'])
      assert.equal((await get(`${server.plainUrl}${path}`)).status, 404, path);
  });

  test('HTTP/1.1 and HTTP/2 are agreed on, nothing before TLS 1.2', async () => {
    for (const [offered, agreed] of [
      [['h2', 'http/1.1'], 'h2'],
      [['http/1.1'], 'http/1.1'],
      [undefined, false],
    ] as const) {
      const socket = await handshake(
        server.port,
        offered === undefined ? {} : { ALPNProtocols: [...offered] },
      );
      assert.equal(socket.alpnProtocol, agreed);
      assert.equal(socket.getProtocol(), 'TLSv1.3');
      socket.destroy();
    }
    const old = { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
    await assert.rejects(handshake(server.port, old));
    assert.ok((await readMetric(server, 'wharf_tls_handshake_failures_total')) >= 1);
  });

  test('protocols, ciphers and suites are those of the configuration', async () => {
    const old = await started({
      configuration: {
        SSL_PROTOCOLS: ['TLSv1', 'TLSv1.2', 'TLSv1.3'],
        SSL_CIPHERS: ['ECDHE-RSA-AES256-GCM-SHA384', 'AES128-SHA', '!aNULL'],
        SSL_CIPHERSUITES: ['TLS_AES_128_GCM_SHA256'],
      },
    });
    const weak = 'DEFAULT:@SECLEVEL=0';
    const agreed = async (version: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string> => {
      const socket = await handshake(old.port, { minVersion: version, maxVersion: version, ciphers: weak });
      const { name } = socket.getCipher();
      socket.destroy();
      return name;
    };
    assert.equal(await agreed('TLSv1'), 'AES128-SHA');
    assert.equal(await agreed('TLSv1.2'), 'ECDHE-RSA-AES256-GCM-SHA384');
    assert.equal(await agreed('TLSv1.3'), 'TLS_AES_128_GCM_SHA256');
    await assert.rejects(agreed('TLSv1.1'), 'it is not in the list');
    assert.match(old.output(), /TLSv1 is weak/);
  });

  test('a WebSocket can be opened with HTTP/1.1 over TLS', async () => {
    const socket = await handshake(server.port, { ALPNProtocols: ['http/1.1'] });
    socket.write(
      requestHead('GET', '/v2/', { host: 'localhost', connection: 'Upgrade', upgrade: 'websocket' }),
    );
    const [piece] = (await once(socket, 'data')) as [Buffer];
    assert.match(piece.toString(), /^HTTP\/1\.1 401 /, 'without a route for it, it is an ordinary request');
    socket.destroy();
  });

  test('a new certificate is used for new connections; those that stand are not disturbed', async () => {
    const standing = await handshake(server.port, { ALPNProtocols: ['http/1.1'] });
    const askAgain = async (): Promise<string> => {
      standing.write(requestHead('GET', '/health/instance', { host: 'localhost' }));
      return String((await once(standing, 'data'))[0]);
    };
    assert.match(await askAgain(), /^HTTP\/1\.1 200 /);
    const before = standing.getPeerCertificate().fingerprint256;
    await installCertificate(server.configDirectory, second);
    const fingerprint = (): Promise<string> => fingerprintAt(server.port);
    const now = await eventually('the new certificate', 10_000, async () => {
      const found = await fingerprint();
      return found !== before && found;
    });
    assert.match(await askAgain(), /^HTTP\/1\.1 200 /);
    assert.equal(await readMetric(server, 'wharf_tls_certificate_loads_total', 'result="loaded"'), 1);

    const refusals: readonly (readonly [string, RegExp, string])[] = [
      ['ssl.cert', /refused.*does not belong/, await readFile(server.certificates.certificate, 'utf8')],
      ['ssl.cert', /refused.*no certificate in PEM form/, 'nothing'],
      ['ssl.key', /refused.*no private key in PEM form/, 'nothing'],
    ];
    for (const [name, pattern, content] of refusals) {
      await installCertificate(server.configDirectory, second);
      await writeFile(join(server.configDirectory, name), content);
      await eventually(String(pattern), 10_000, async () => pattern.test(server.output()));
      assert.equal(await fingerprint(), now, 'the old one stays in use');
    }
    assert.ok((await readMetric(server, 'wharf_tls_certificate_loads_total', 'result="refused"')) >= 3);

    await installCertificate(server.configDirectory, server.certificates);
    process.kill(server.pid, 'SIGHUP');
    await eventually('the first certificate again', 10_000, async () => (await fingerprint()) === before);
    assert.match(await askAgain(), /^HTTP\/1\.1 200 /);
    standing.destroy();
  });

  test('the end of the certificate is a metric and, when it is near, a warning', async () => {
    const { valid_to } = (await handshake(server.port)).getPeerCertificate();
    const metric = await readMetric(
      server,
      'wharf_tls_certificate_expiry_timestamp_seconds',
      'file="ssl.cert"',
    );
    assert.equal(metric, Date.parse(valid_to) / 1000);
    const warned = await get(`${server.url}/health/warning`);
    assert.equal(warned.status, 503);
    assert.equal(JSON.parse(warned.body.toString()).data.services.certificate_warning, false);
    await eventually('the log says why', 5_000, async () =>
      /ssl\.cert expires at .*, in 1 days/.test(server.output()),
    );
  });

  test('EXTERNAL_TLS_TERMINATION: no TLS here, no redirect, https in links', async () => {
    const dataDirectory = scratchDirectory();
    const { server: plain } = await startPlain(dataDirectory, { EXTERNAL_TLS_TERMINATION: true });
    assert.match(plain.url, /^http:/);
    const { status, headers } = await get(`${plain.url}/v2/`);
    assert.equal(status, 401);
    assert.match(String(headers['www-authenticate']), /realm="https:\/\/127/);
    assert.equal(headers['strict-transport-security'], undefined);
    await assert.rejects(
      startPlain(dataDirectory, { EXTERNAL_TLS_TERMINATION: true }, ['--listen-tls', '127.0.0.1:0']),
      /--listen-tls contradicts EXTERNAL_TLS_TERMINATION/,
    );
  });

  async function startPlain(
    dataDirectory: string,
    configuration: NonNullable<ServerOptions['configuration']>,
    serveArguments: readonly string[] = [],
    files: TestCertificates | 'none' = server.certificates,
  ) {
    const directory = join(dataDirectory, 'test-config');
    await mkdir(directory, { recursive: true });
    if (files !== 'none') await installCertificate(directory, files);
    const plain = await startServer({ dataDirectory, configuration, serveArguments });
    servers.push(plain);
    return { server: plain };
  }

  test('a start with files that cannot be served says which and why', async () => {
    const { certificate, key } = server.certificates;
    const cases: readonly (readonly [TestCertificates | 'none', RegExp])[] = [
      [
        { ca: '', certificate, key: second.key },
        /ssl\.cert: The private key does not belong to the certificate/,
      ],
      [{ ca: '', certificate: key, key }, /holds no certificate in PEM form/],
      ['none', /--listen-tls needs ssl\.key and ssl\.cert in /],
    ];
    for (const [files, message] of cases)
      await assert.rejects(
        startPlain(scratchDirectory(), {}, ['--listen-tls', '127.0.0.1:0'], files),
        message,
      );
    await assert.rejects(
      startPlain(scratchDirectory(), { SSL_CIPHERS: ['NOT-A-CIPHER'] }, ['--listen-tls', '127.0.0.1:0']),
      /SSL_CIPHERS: OpenSSL does not take the ciphers/,
    );
    await assert.rejects(
      startPlain(scratchDirectory(), { SSL_PROTOCOLS: ['SSLv3'] }, ['--listen-tls', '127.0.0.1:0']),
      /SSL_PROTOCOLS/,
    );
  });

  test('a certificate for another host is served, and the log says so', async () => {
    const other = await started({
      configuration: { SERVER_HOSTNAME: 'registry.example.com:8443' },
      certificates: server.certificates,
    });
    assert.match(
      other.output(),
      /ssl\.cert: The certificate is not for registry\.example\.com; .*127\.0\.0\.1, localhost/,
    );
    const { headers } = await get(`${other.plainUrl}/v2/x`);
    assert.equal(headers.location, 'https://registry.example.com:8443/v2/x');
  });

  test('several processes share the port, the certificate and the sessions of clients', async () => {
    const many = await started({
      env: { WORKER_COUNT_REGISTRY: '3' },
      certificates: server.certificates,
      configuration: {},
    });
    assert.equal(await readMetric(many, 'wharf_processes'), 3);
    const first = await handshake(many.port, { maxVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'] });
    const session = first.getSession();
    const before = first.getPeerCertificate().fingerprint256;
    assert.ok(session !== undefined);
    for (let index = 0; index < 6; index += 1) {
      const again = await handshake(many.port, {
        maxVersion: 'TLSv1.2',
        session,
        ALPNProtocols: ['http/1.1'],
      });
      assert.equal(again.isSessionReused(), true, `connection ${index}`);
      again.destroy();
    }
    first.destroy();
    await installCertificate(many.configDirectory, second);
    process.kill(many.pid, 'SIGHUP');
    await eventually('all processes have the new certificate', 15_000, async () => {
      const found = await Promise.all(Array.from({ length: 6 }, () => fingerprintAt(many.port)));
      return found.every((fingerprint) => fingerprint !== before);
    });
    await many.stop();
  });

  test('a plain request on the port of TLS, and noise, harm nothing', async () => {
    for (const noise of [
      requestHead('GET', '/', { host: 'a' }),
      'PROXY TCP4 1.2.3.4 1.2.3.4 1 1\r\n',
      '\x16\x03\x01\xff\xff',
    ]) {
      const connection = await openRawConnection(server.port);
      connection.write(noise);
      if (noise.startsWith('\x16')) connection.close();
      else await connection.waitForEnd(10_000);
    }
    assert.equal((await get(`${server.url}/health/instance`)).status, 200);
  });
});
