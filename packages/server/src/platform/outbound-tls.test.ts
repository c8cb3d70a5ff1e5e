import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { getCACertificates, setDefaultCACertificates, TLSSocket } from 'node:tls';
import { silentLogger } from '#/platform/logger.ts';
import { createMailer, MailNotSentError } from '#/platform/mailer.ts';
import { createOutboundHttp, OutboundFailedError } from '#/platform/outbound-http.ts';
import { makeCertificates } from '#/testing/certificates.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { type SmtpSink, startSmtpSink } from '#/testing/smtp-sink.ts';

describe('what leaves over TLS', needsPrograms('openssl'), () => {
  let pem: { readonly ca: string; readonly cert: string; readonly key: string };
  let strangers: typeof pem;
  let https: ReturnType<typeof createServer>;
  let smtp: SmtpSink;
  const clients: (string | undefined)[] = [];
  const trusted = getCACertificates('default');

  async function make(subject: string) {
    const files = await makeCertificates(subject);
    const [ca = '', cert = '', key = ''] = await Promise.all(
      [files.ca, files.certificate, files.key].map((path) => readFile(path, 'utf8')),
    );
    return { ca, cert, key };
  }

  before(async () => {
    pem = await make('DNS:own.test');
    strangers = await make('DNS:own.test');
    const options = {
      key: pem.key,
      cert: pem.cert,
      ca: pem.ca,
      requestCert: true,
      rejectUnauthorized: false,
    };
    https = createServer(options, (request, response) => {
      const { socket } = request;
      clients.push(socket instanceof TLSSocket ? socket.getPeerCertificate().subject?.CN?.toString() : '');
      response.end('hello');
    });
    https.listen(0, '127.0.0.1');
    await once(https, 'listening');
    smtp = await startSmtpSink({ tls: { key: pem.key, cert: pem.cert } });
  });
  after(async () => {
    setDefaultCACertificates(trusted);
    https.close();
    https.closeAllConnections();
    await smtp.close();
  });

  const ask = (host: string, offerCertificate: boolean) =>
    createOutboundHttp({
      allowedHosts: ['own.test', 'other.test'],
      blockedHosts: [],
      allowPrivateAddresses: false,
      certificate: { cert: pem.cert, key: pem.key },
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    }).request({
      url: `https://${host}:${(https.address() as AddressInfo).port}/`,
      method: 'GET',
      timeoutMs: 5000,
      trust: 'user',
      maximumResponseBytes: 100,
      offerCertificate,
    });

  const send = (port: number) =>
    createMailer(
      {
        server: '127.0.0.1',
        port,
        useTls: true,
        username: undefined,
        password: undefined,
        sender: 'a@example.com',
        failSilently: false,
      },
      silentLogger(),
    ).send({ to: 'b@example.com', subject: 's', text: 't', html: 'h' });

  test('a server that nobody trusts gets nothing', async () => {
    setDefaultCACertificates([...trusted, strangers.ca]);
    await assert.rejects(ask('own.test', true), OutboundFailedError);
    await assert.rejects(send(smtp.port), MailNotSentError);
    assert.deepEqual([clients.length, smtp.mails.length], [0, 0]);
  });

  test('the name must be the one of the URL, and the own certificate is shown only where it is offered', async () => {
    setDefaultCACertificates([...trusted, pem.ca]);
    await assert.rejects(ask('other.test', true), OutboundFailedError);
    assert.equal((await ask('own.test', false)).body.toString(), 'hello');
    assert.equal((await ask('own.test', true)).status, 200);
    assert.deepEqual(clients, [undefined, 'wharf-test']);
  });

  test('any certificate is taken only for an address of the configuration, and only when asked for', async () => {
    setDefaultCACertificates([...trusted, strangers.ca]);
    const { port } = https.address() as AddressInfo;
    const outbound = createOutboundHttp({
      allowedHosts: ['127.0.0.1'],
      blockedHosts: [],
      allowPrivateAddresses: true,
    });
    const reach = (trust: 'user' | 'configuration', acceptAnyCertificate: boolean) =>
      outbound.request({
        url: `https://127.0.0.1:${port}/`,
        method: 'GET',
        timeoutMs: 5000,
        trust,
        maximumResponseBytes: 100,
        acceptAnyCertificate,
      });
    assert.equal((await reach('configuration', true)).status, 200);
    await assert.rejects(reach('configuration', false), OutboundFailedError);
    await assert.rejects(reach('user', true), OutboundFailedError);
  });

  test('mail goes over STARTTLS', async () => {
    const own = await make('IP:127.0.0.1,DNS:localhost');
    const sink = await startSmtpSink({ tls: { key: own.key, cert: own.cert } });
    try {
      setDefaultCACertificates([...trusted, own.ca]);
      await send(sink.port);
      assert.equal(sink.mails[0]?.secure, true);
    } finally {
      await sink.close();
    }
  });
});
