import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needsPrograms } from '#/testing/find-program.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { fingerprintOf, readExtraCertificates } from './extra-certificates.ts';

const junk = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

describe('extra authorities', needsPrograms('openssl'), () => {
  const made = scratchDirectory();
  const authority = (name: string): string => {
    execFileSync(
      'openssl',
      `req -x509 -newkey rsa:2048 -nodes -keyout ${name}.key -out ${name}.pem -days 2 -subj /O=Acme/CN=${name} -addext subjectAltName=DNS:${name}.example.com`.split(
        ' ',
      ),
      { cwd: made, stdio: 'pipe' },
    );
    return readFileSync(join(made, `${name}.pem`), 'utf8');
  };
  const first = authority('first');
  const second = authority('second');
  const key = readFileSync(join(made, 'first.key'), 'utf8');

  test('none at all', async () => {
    const found = await readExtraCertificates({ configuration: scratchDirectory(), others: [] });
    assert.deepEqual([found.kind, found.files], ['none', []]);
  });

  test('one file holds several', async () => {
    const configuration = scratchDirectory();
    writeFileSync(join(configuration, 'extra_ca_certs'), `# comment\n${first}\ntext\n${second}`);
    const { kind, files } = await readExtraCertificates({ configuration, others: [] });
    assert.equal(kind, 'file');
    assert.deepEqual(
      files.map(({ path, editable, certificates }) => [
        path,
        editable,
        certificates.map(({ names }) => names),
      ]),
      [
        [
          'extra_ca_certs',
          false,
          [
            ['first', 'first.example.com'],
            ['second', 'second.example.com'],
          ],
        ],
      ],
    );
  });

  test('files of a directory, of a mounted secret and of other directories; broken ones are told and harm no other', async () => {
    const configuration = scratchDirectory();
    const directory = join(configuration, 'extra_ca_certs');
    const other = scratchDirectory();
    mkdirSync(join(directory, '..data'), { recursive: true });
    mkdirSync(join(directory, 'folder'));
    writeFileSync(join(directory, '..data', 'good.crt'), first);
    symlinkSync(join('..data', 'good.crt'), join(directory, 'good.crt'));
    writeFileSync(join(directory, 'broken.crt'), junk);
    writeFileSync(join(directory, 'empty.crt'), '');
    writeFileSync(join(directory, 'key.crt'), `${first}${key}`);
    writeFileSync(join(directory, 'huge.crt'), Buffer.alloc(3 * 1024 ** 2, 0x41));
    symlinkSync('nowhere', join(directory, 'dangling.crt'));
    writeFileSync(join(configuration, 'extra_ca_certs_corp.crt'), second);
    writeFileSync(join(configuration, 'ldap.crt'), second);
    writeFileSync(join(configuration, 'config.yaml'), '{}');
    writeFileSync(join(other, 'cluster.crt'), second);
    const { kind, files } = await readExtraCertificates({ configuration, others: [other, '/nowhere'] });
    assert.equal(kind, 'directory');
    assert.deepEqual(
      files.map(({ path, editable, certificates, fault }) => [path, editable, certificates.length, fault]),
      [
        ['extra_ca_certs_corp.crt', false, 1, undefined],
        ['ldap.crt', false, 1, undefined],
        ['extra_ca_certs/broken.crt', true, 0, 'holds a certificate that cannot be read (number 1)'],
        ['extra_ca_certs/dangling.crt', true, 0, 'cannot be read: ENOENT'],
        [
          'extra_ca_certs/empty.crt',
          true,
          0,
          'holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)',
        ],
        ['extra_ca_certs/good.crt', true, 1, undefined],
        ['extra_ca_certs/huge.crt', true, 0, 'is larger than 2097152 bytes'],
        ['extra_ca_certs/key.crt', true, 0, 'holds a private key; only certificates belong here'],
        [join(other, 'cluster.crt'), false, 1, undefined],
      ],
    );
  });

  test('the fingerprint follows every change', async () => {
    const configuration = scratchDirectory();
    const directories = { configuration, others: [] };
    const seen = [await fingerprintOf(directories)];
    writeFileSync(join(configuration, 'extra_ca_certs_a.crt'), first);
    seen.push(await fingerprintOf(directories));
    writeFileSync(join(configuration, 'extra_ca_certs_a.crt'), second + second);
    seen.push(await fingerprintOf(directories));
    mkdirSync(join(configuration, 'extra_ca_certs'));
    writeFileSync(join(configuration, 'extra_ca_certs', 'b.crt'), second);
    seen.push(await fingerprintOf(directories));
    assert.equal(new Set(seen).size, 4);
    assert.equal(await fingerprintOf(directories), seen[3]);
  });
});
