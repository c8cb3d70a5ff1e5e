import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needsPrograms } from '#/testing/find-program.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import {
  type CertificateFaultKind,
  type CertificateInput,
  inspectServerCertificate,
} from './inspect-server-certificate.ts';

const dayMs = 86_400_000;

describe('a certificate and its key', needsPrograms('openssl'), () => {
  const directory = scratchDirectory();
  const openssl = (line: string): void => {
    execFileSync('openssl', line.split(' '), { cwd: directory, stdio: 'pipe' });
  };
  const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
  const sign = (name: string, authority: string, extensions: string, keyOptions = 'rsa:2048'): void => {
    writeFileSync(join(directory, `${name}.ext`), extensions);
    openssl(
      `req -newkey ${keyOptions} -nodes -keyout ${name}.key -out ${name}.csr -subj /CN=reg.example.com`,
    );
    openssl(
      `x509 -req -in ${name}.csr -CA ${authority}.pem -CAkey ${authority}.key -CAcreateserial -days 30 -extfile ${name}.ext -out ${name}.pem`,
    );
  };
  const names = 'subjectAltName=DNS:reg.example.com,DNS:*.apps.example.com,IP:192.0.2.7\n';
  openssl('req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 60 -subj /CN=root');
  sign('middle', 'root', 'basicConstraints=critical,CA:TRUE\n');
  sign('direct', 'root', names);
  sign('other', 'root', names);
  sign('below', 'middle', names);
  sign('public', 'middle', `${names}authorityInfoAccess=caIssuers;URI:http://ca.example.com/middle.crt\n`);
  sign('nameless', 'root', 'basicConstraints=CA:FALSE\n');
  openssl('ecparam -name prime256v1 -genkey -out curve.key');
  openssl('req -new -key curve.key -subj /CN=reg.example.com -out curve.csr');
  writeFileSync(join(directory, 'curve.ext'), names);
  openssl(
    'x509 -req -in curve.csr -CA root.pem -CAkey root.key -CAcreateserial -days 30 -extfile curve.ext -out curve.pem',
  );
  openssl('rsa -in direct.key -aes256 -passout pass:secret -traditional -out traditional.key');
  openssl('pkcs8 -topk8 -in direct.key -passout pass:secret -out encrypted.key');
  openssl(
    'req -x509 -newkey rsa:1024 -nodes -keyout short.key -out short.pem -days 60 -subj /CN=reg.example.com',
  );
  openssl('x509 -in direct.pem -outform der -out direct.der');

  const nowMs = Date.now() + dayMs;
  const pair = (name: string): Pick<CertificateInput, 'certificate' | 'key'> => ({
    certificate: read(`${name}.pem`),
    key: read(`${name}.key`),
  });
  const certificate = read('direct.pem');
  const key = read('direct.key');

  const cases: readonly (readonly [string, Partial<CertificateInput>, readonly CertificateFaultKind[]])[] = [
    ['fits', { host: 'reg.example.com' }, []],
    ['fits a host with a port', { host: 'REG.example.com:8443' }, []],
    ['fits a wildcard of one level', { host: 'a.apps.example.com' }, []],
    ['does not fit two levels', { host: 'a.b.apps.example.com' }, ['wrong-host']],
    ['fits an address', { host: '192.0.2.7:443' }, []],
    ['is not for another address', { host: '[2001:db8::1]:443' }, ['wrong-host']],
    ['is for another host', { host: 'other.example.com' }, ['wrong-host']],
    [
      'names its host in the old place',
      { ...pair('nameless'), host: 'reg.example.com' },
      ['common-name-only'],
    ],
    ['has an EC key', { ...pair('curve'), host: 'reg.example.com' }, []],
    ['belongs to another key', { key: read('other.key') }, ['key-mismatch']],
    ['is RSA and its key EC', { key: read('curve.key') }, ['key-mismatch']],
    ['has a key behind a passphrase', { key: read('encrypted.key') }, ['key-encrypted']],
    ['has a key behind a passphrase, old form', { key: read('traditional.key') }, ['key-encrypted']],
    ['has a short key', pair('short'), ['key-unsupported']],
    ['is over', { nowMs: nowMs + 31 * dayMs }, ['expired']],
    ['has not begun', { nowMs: nowMs - 3 * dayMs }, ['not-yet-valid']],
    ['is empty', { certificate: '' }, ['certificate-not-pem']],
    [
      'is not PEM',
      { certificate: readFileSync(join(directory, 'direct.der'), 'latin1') },
      ['certificate-not-pem'],
    ],
    ['is the key', { certificate: key }, ['certificate-not-pem']],
    ['is damaged', { certificate: certificate.replace(/\n.{60}/, '\nAAAA') }, ['certificate-unreadable']],
    ['has the certificate as key', { key: certificate }, ['key-not-pem']],
    ['has a damaged key', { key: key.replace(/\n.{60}/, '\nAAAA') }, ['key-unreadable']],
    ['has both faults', { certificate: 'x', key: 'y' }, ['certificate-not-pem', 'key-not-pem']],
    ['has the whole chain', { ...pair('below'), certificate: read('below.pem') + read('middle.pem') }, []],
    ['has its root too', { certificate: certificate + read('root.pem') }, []],
    [
      'has the chain in reverse',
      { ...pair('below'), certificate: read('middle.pem') + read('below.pem') },
      ['chain-disordered'],
    ],
    ['has a stranger behind it', { certificate: certificate + read('other.pem') }, ['chain-disordered']],
    ['lacks the one between, and says where it is', pair('public'), ['chain-incomplete']],
    [
      'lacks the one between, and the root is known',
      { ...pair('below'), authorities: [read('root.pem')] },
      ['chain-incomplete'],
    ],
    ['is signed by a known root', { authorities: [read('root.pem')] }, []],
  ];
  for (const [title, change, kinds] of cases) {
    test(title, () => {
      const { faults } = inspectServerCertificate({ certificate, key, nowMs, ...change });
      // A file in reverse is named by the key and seen in the order as well.
      assert.deepEqual([...new Set(faults.map(({ kind }) => kind))], kinds);
      for (const { message } of faults) assert.ok(message.length > 20 && !message.includes('BEGIN RSA'));
    });
  }

  test('every kind of fault has a message of its own', () => {
    const messages = new Map<string, string>();
    for (const [, change] of cases) {
      for (const { kind, message } of inspectServerCertificate({ certificate, key, nowMs, ...change }).faults)
        messages.set(kind, message);
    }
    assert.equal(messages.size, 13);
    assert.equal(new Set(messages.values()).size, 13);
  });

  test('tells what the certificate says of itself', () => {
    const found = inspectServerCertificate({ certificate, key, nowMs }).certificate;
    assert.deepEqual(found?.names, ['reg.example.com', '*.apps.example.com', '192.0.2.7']);
    assert.equal(found.subject, 'CN=reg.example.com');
    assert.equal(found.issuer, 'CN=root');
    assert.ok(Math.abs(found.notAfterMs - (Date.now() + 30 * dayMs)) < 120_000);
  });
});
