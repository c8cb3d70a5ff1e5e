import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { connect } from 'node:tls';
import { makeCertificates } from '#/testing/certificates.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { createHttpServer, headerLimitBytes, idleTimeoutMs } from './http-server.ts';
import { createHttp2Front } from './http2-server.ts';
import { closeServer, listen } from './listen.ts';
import { createTlsFront } from './tls-server.ts';

describe('TLS in front of a server', needsPrograms('openssl'), () => {
  test('whoever takes upgrades takes those over TLS too', async () => {
    const files = await makeCertificates('DNS:localhost');
    const app = createHttpServer({ repositoryUrls: [], forwarding: { proxyCount: 0, trustedProxies: [] } });
    app.server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n');
      socket.pipe(socket);
    });
    await app.ready();
    const http2 = createHttp2Front(app.server, { headerLimitBytes, idleTimeoutMs });
    const front = createTlsFront(app.server, http2, {
      settings: { protocols: ['TLSv1.3'], ciphers: undefined, cipherSuites: undefined },
      pair: {
        certificate: await readFile(files.certificate, 'utf8'),
        key: await readFile(files.key, 'utf8'),
      },
      ticketKeys: randomBytes(48),
      onHandshakeFailure: (error) => assert.fail(error),
    });
    const port = await listen(front, '127.0.0.1', 0);
    const ca = await readFile(files.ca);
    const socket = connect({
      port,
      host: '127.0.0.1',
      servername: 'localhost',
      ca,
      ALPNProtocols: ['http/1.1'],
    });
    socket.write('GET /ws HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n');
    assert.match(String((await once(socket, 'data'))[0]), /^HTTP\/1\.1 101 /);
    socket.write('back and forth');
    assert.equal(String((await once(socket, 'data'))[0]), 'back and forth');
    socket.destroy();
    await closeServer(front);
    await app.close();
  });
});
