import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needsPrograms } from '#/testing/find-program.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { validate } from '#/testing/validation.ts';

describe('ssl and extra certificates', needsPrograms('openssl'), () => {
  const directory = scratchDirectory();
  const openssl = (line: string): void => {
    execFileSync('openssl', line.split(' '), { cwd: directory, stdio: 'pipe' });
  };
  const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
  writeFileSync(join(directory, 'names'), 'subjectAltName=DNS:reg.example.com,DNS:*.apps.example.com\n');
  openssl('req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 60 -subj /CN=root');
  for (const [name, days] of [
    ['good', '30'],
    ['over', '-1'],
  ]) {
    openssl(`req -newkey rsa:2048 -nodes -keyout ${name}.key -out ${name}.csr -subj /CN=reg.example.com`);
    openssl(
      `x509 -req -in ${name}.csr -CA root.pem -CAkey root.key -CAcreateserial -days ${days} -extfile names -out ${name}.pem`,
    );
  }
  openssl('rsa -in good.key -aes256 -passout pass:of-the-key -traditional -out encrypted.key');
  openssl('x509 -req -in over.csr -signkey over.key -days -1 -out over-root.pem');

  const pair = (certificate: string, key: string) => ({
    'ssl.cert': read(certificate),
    'ssl.key': read(key),
  });
  const https = { PREFERRED_URL_SCHEME: 'https', SERVER_HOSTNAME: 'reg.example.com:8443' };

  const cases: readonly (readonly [string, object, Record<string, string>, RegExp])[] = [
    ['a pair that fits', https, pair('good.pem', 'good.key'), /^$/],
    [
      'a name by a wildcard',
      { ...https, SERVER_HOSTNAME: 'x.apps.example.com' },
      pair('good.pem', 'good.key'),
      /^$/,
    ],
    ['without https', { SERVER_HOSTNAME: 'reg.example.com' }, {}, /^$/],
    ['TLS in front', { ...https, EXTERNAL_TLS_TERMINATION: true }, {}, /^$/],
    ['no certificate', https, { 'ssl.key': read('good.key') }, /^The file ssl\.cert is missing/],
    ['no key', https, { 'ssl.cert': read('good.pem') }, /^The file ssl\.key is missing/],
    [
      'no certificate in it',
      https,
      { ...pair('good.pem', 'good.key'), 'ssl.cert': 'x' },
      /no certificate in PEM form/,
    ],
    [
      'a damaged one',
      https,
      { ...pair('good.pem', 'good.key'), 'ssl.cert': read('good.pem').replace(/\n.{40}/, '\n') },
      /cannot be read/,
    ],
    ['an expired one', https, pair('over.pem', 'over.key'), /^The certificate expired at/],
    [
      'another host',
      { ...https, SERVER_HOSTNAME: 'other.example.com' },
      pair('good.pem', 'good.key'),
      /not for other\.example\.com; .* reg\.example\.com, \*\.apps/,
    ],
    ['the key of another', https, pair('good.pem', 'over.key'), /does not belong to the certificate/],
    ['an encrypted key', https, pair('good.pem', 'encrypted.key'), /protected by a passphrase/],
  ];
  for (const [title, keys, files, expected] of cases) {
    test(`ssl, ${title}: ${expected.source}`, async () => {
      const { reason = '' } = await validate('ssl', { ...keys }, { files });
      assert.match(reason, expected);
      assert.doesNotMatch(reason, /PRIVATE KEY-----\n|of-the-key/);
    });
  }

  test('the order of a chain is a warning', async () => {
    const files = { ...pair('good.pem', 'good.key'), 'ssl.cert': read('good.pem') + read('over.pem') };
    const { reason, warnings } = await validate('ssl', https, { files });
    assert.equal(reason, undefined);
    assert.match(warnings.join(), /did not sign the one before it/);
  });

  test('extra authorities: broken files by name, those that are over as a warning', async () => {
    const good = { 'extra_ca_certs/good.crt': read('root.pem') };
    assert.deepEqual(await validate('extra-certificates', {}, { files: good }), {
      reason: undefined,
      warnings: [],
    });
    const broken = { ...good, 'extra_ca_certs/b.crt': 'x', 'extra_ca_certs/key.crt': read('root.key') };
    const { reason = '' } = await validate('extra-certificates', {}, { files: broken });
    assert.match(
      reason,
      /^extra_ca_certs\/b\.crt holds no certificate .* extra_ca_certs\/key\.crt holds a private key/,
    );
    const over = await validate(
      'extra-certificates',
      {},
      { files: { 'extra_ca_certs/o.crt': read('over-root.pem') } },
    );
    assert.equal(over.reason, undefined);
    assert.match(
      over.warnings.join(),
      /^extra_ca_certs\/o\.crt: the certificate of reg\.example\.com ended at/,
    );
  });
});
