import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { after, describe, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { eventually } from '#/testing/eventually.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { freePort } from '#/testing/free-port.ts';
import { openRawConnection, requestHead } from '#/testing/push-socket.ts';
import { type ServerProcess, startServer } from '#/testing/server-process.ts';
import { startTlsServer } from '#/testing/tls-server.ts';

const client = '203.0.113.7';
const line = `PROXY TCP4 ${client} 127.0.0.1 54321 443\r\n`;
const binary = Buffer.from('0d0a0d0a000d0a515549540a2111000ccb0071077f000001d43101bb', 'hex');

describe('proxies in front', needsPrograms('openssl'), () => {
  const servers: ServerProcess[] = [];
  after(() => Promise.all(servers.map((server) => server.dispose())));

  /** What the access log says of the request that was answered. */
  async function logged(server: ServerProcess, answer: string): Promise<Record<string, unknown>> {
    const id = /x-request-id: (\S+)/i.exec(answer)?.[1] ?? 'none';
    const found = await eventually('the line of the request', 5_000, async () =>
      server
        .output()
        .split('\n')
        .find((text) => text.includes(id)),
    );
    return JSON.parse(found) as Record<string, unknown>;
  }

  async function startWithProxyPort(configuration: Readonly<Record<string, unknown>>) {
    const port = await freePort();
    const server = await startTlsServer({
      configuration: { FEATURE_PROXY_PROTOCOL: true, ...configuration },
      serveArguments: ['--listen-tls-proxy', `127.0.0.1:${port}`],
    });
    servers.push(server);
    return { server, port };
  }

  async function ask(socket: Socket, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const tls = connectTls({ socket, servername: 'localhost', ALPNProtocols: ['http/1.1'] });
    tls.write(requestHead('GET', '/v2/admin/app/tags/list', { host: 'localhost', ...headers }));
    const [piece] = (await once(tls, 'data')) as [Buffer];
    tls.destroy();
    return String(piece);
  }

  async function openSocket(port: number, first: string | Buffer): Promise<Socket> {
    const socket = connectPlain(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(first);
    return socket;
  }

  test('the PROXY protocol tells the client, with and without TLS', async () => {
    const { server, port } = await startWithProxyPort({});
    for (const first of [line, binary]) {
      const answer = await ask(await openSocket(port, first), { 'x-forwarded-for': '9.9.9.9' });
      assert.match(answer, /^HTTP\/1\.1 401 /);
      assert.equal((await logged(server, answer)).ip, client);
    }
    // In the same packet as the handshake, and byte by byte.
    const slow = connectPlain(port, '127.0.0.1');
    for (const byte of binary) slow.write(Buffer.from([byte]));
    assert.match(await ask(slow), /^HTTP\/1\.1 401 /);
    const local = await ask(await openSocket(port, 'PROXY UNKNOWN\r\n'));
    assert.equal((await logged(server, local)).ip, '127.0.0.1');

    const plain = await openRawConnection(server.plainPort);
    plain.write(`${line}${requestHead('GET', '/v2/x', { host: 'localhost' })}`);
    await plain.waitFor(/^HTTP\/1\.1 301 (?:.*\r\n)+\r\n/);
    assert.equal((await logged(server, plain.received())).ip, client);
    const without = await openRawConnection(server.plainPort);
    without.write(requestHead('GET', '/v2/x', { host: 'localhost' }));
    await without.waitFor(/^HTTP\/1\.1 301 /);
    await server.stop();
  });

  test('whatever is no such header ends the connection, at once or after 5 s', async () => {
    const { port } = await startWithProxyPort({});
    for (const noise of [
      requestHead('GET', '/', { host: 'a' }),
      'PROXY TCP4 1.2.3.4\r\n',
      `PROXY TCP4 ${'1'.repeat(300)}`,
      Buffer.from('0d0a0d0a000d0a515549540a2111ffff', 'hex'),
      Buffer.concat([Buffer.from('0d0a0d0a000d0a515549540a31110000', 'hex'), Buffer.alloc(100_000)]),
    ]) {
      const connection = await openRawConnection(port);
      connection.write(noise);
      assert.ok((await connection.waitForEnd(3_000)) < 3_000);
      assert.equal(connection.received(), '');
    }
    const silent = await openRawConnection(port);
    silent.write('PROXY TCP4 ');
    const elapsedMs = await silent.waitForEnd(8_000);
    assert.ok(elapsedMs > 4_000 && elapsedMs < 8_000);
    assert.match(await ask(await openSocket(port, line)), /^HTTP\/1\.1 401 /);
  });

  test('with named proxies nobody else may send the header', async () => {
    const { server, port } = await startWithProxyPort({ TRUSTED_PROXY_CIDR: '10.0.0.0/8' });
    for (const target of [port, server.plainPort]) {
      const connection = await openRawConnection(target);
      connection.write(line);
      assert.ok((await connection.waitForEnd(3_000)) < 3_000);
    }
  });

  test('forwarded headers of strangers have no effect; those of named proxies tell client, scheme and host', async () => {
    const said = {
      'x-forwarded-for': client,
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'registry.example.com',
      forwarded: `for=9.9.9.9;proto=https;host=evil.example`,
    };
    const cases: readonly (readonly [Readonly<Record<string, unknown>>, string, string])[] = [
      [{ TRUSTED_PROXY_CIDR: ['10.0.0.0/8', '2001:db8::/32'] }, '127.0.0.1', 'http://127.0.0.1'],
      [{ TRUSTED_PROXY_CIDR: '127.0.0.0/8' }, client, 'https://registry.example.com'],
      [{ PROXY_COUNT: 1 }, client, 'http://127.0.0.1'],
      [{ PROXY_COUNT: 0, TRUSTED_PROXY_CIDR: '127.0.0.0/8' }, '127.0.0.1', 'http://127.0.0.1'],
    ];
    for (const [configuration, ip, realm] of cases) {
      const server = await startServer({ configuration });
      servers.push(server);
      const connection = await openRawConnection(server.port);
      connection.write(requestHead('GET', '/v2/', { host: '127.0.0.1', ...said }));
      await connection.waitFor(/\r\n\r\n/);
      assert.ok(connection.received().includes(`realm="${realm}/v2/auth"`), connection.received());
      assert.equal((await logged(server, connection.received())).ip, ip);
      await server.stop();
    }
  });

  test('behind our own TLS nobody is believed but named proxies', async () => {
    for (const [configuration, ip] of [
      [{}, '127.0.0.1'],
      [{ TRUSTED_PROXY_CIDR: '127.0.0.1' }, client],
    ] as const) {
      const server = await startTlsServer({ configuration });
      servers.push(server);
      const answer = await ask(connectPlain(server.port, '127.0.0.1'), { 'x-forwarded-for': client });
      assert.equal((await logged(server, answer)).ip, ip);
      const connection = await openRawConnection(server.plainPort);
      connection.write(requestHead('GET', '/v2/', { host: '127.0.0.1', 'x-forwarded-proto': 'https' }));
      // A proxy that ended TLS must not be sent round in circles; a stranger that says so is sent to TLS.
      await connection.waitFor(ip === client ? /^HTTP\/1\.1 401 / : /^HTTP\/1\.1 301 /);
      await server.stop();
    }
  });
});
