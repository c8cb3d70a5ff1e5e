import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { needsPrograms } from '#/testing/find-program.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { reasonOf } from '#/testing/validation.ts';

describe('signer, with the real gpg', needsPrograms('gpg', 'gpgconf'), () => {
  const home = mkdtempSync(join(tmpdir(), 'wharf-test-gpg-'));
  const gpg = (...args: string[]): Buffer =>
    execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', '--pinentry-mode', 'loopback', ...args], {
      stdio: 'pipe',
    });
  const files: Record<string, Buffer> = {};
  // A directory of this test only, to see what is left in it.
  process.env.TMPDIR = scratchDirectory();
  before(() => {
    for (const [name, passphrase] of [
      ['signer', ''],
      ['guarded', 'secret-of-gpg'],
    ] as const) {
      const address = `${name}@example.com`;
      gpg('--passphrase', passphrase, '--quick-generate-key', address, 'default', 'sign', 'never');
      files[`${name}-public.gpg`] = gpg('--export', address);
      files[`${name}-private.gpg`] = gpg('--passphrase', passphrase, '--export-secret-keys', address);
    }
  });
  after(() => {
    execFileSync('gpgconf', ['--homedir', home, '--kill', 'all']);
    rmSync(home, { recursive: true, force: true });
  });

  const keys = {
    FEATURE_ACI_CONVERSION: true,
    SIGNING_ENGINE: 'gpg2',
    GPG2_PRIVATE_KEY_NAME: 'signer@example.com',
    GPG2_PRIVATE_KEY_FILENAME: 'signer-private.gpg',
    GPG2_PUBLIC_KEY_FILENAME: 'signer-public.gpg',
  };
  const cases: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
    ['a key that signs', {}, /^$/],
    ['without an engine', { SIGNING_ENGINE: undefined, GPG2_PRIVATE_KEY_NAME: 'x' }, /^$/],
    ['not switched on', { FEATURE_ACI_CONVERSION: false, SIGNING_ENGINE: 'other' }, /^$/],
    [
      'another engine',
      { SIGNING_ENGINE: 'other', GPG2_PRIVATE_KEY_NAME: '' },
      /^SIGNING_ENGINE "other" is unknown/,
    ],
    ['no name', { GPG2_PRIVATE_KEY_NAME: '' }, /^GPG2_PRIVATE_KEY_NAME is missing/],
    ['no private file', { GPG2_PRIVATE_KEY_FILENAME: '' }, /^GPG2_PRIVATE_KEY_FILENAME is missing/],
    [
      'an absent private file',
      { GPG2_PRIVATE_KEY_FILENAME: 'none.gpg' },
      /^The file none\.gpg of GPG2_PRIVATE/,
    ],
    ['an absent public file', { GPG2_PUBLIC_KEY_FILENAME: 'none.gpg' }, /^The file none\.gpg of GPG2_PUBLIC/],
    ['a file elsewhere', { GPG2_PUBLIC_KEY_FILENAME: '../x.gpg' }, /must be the name of a file beside/],
    [
      'a public key as private file',
      { GPG2_PRIVATE_KEY_FILENAME: 'signer-public.gpg' },
      /holds no private key/,
    ],
    [
      'another name',
      { GPG2_PRIVATE_KEY_NAME: 'nobody@example.com' },
      /holds no key of the name "nobody@example\.com"/,
    ],
    [
      'a name like an option',
      { GPG2_PRIVATE_KEY_NAME: '--list-keys' },
      /holds no key of the name "--list-keys"/,
    ],
    [
      'the public key of another',
      { GPG2_PUBLIC_KEY_FILENAME: 'guarded-public.gpg' },
      /does not belong to the private key/,
    ],
    [
      'a key with a passphrase',
      { GPG2_PRIVATE_KEY_NAME: 'guarded@example.com', GPG2_PRIVATE_KEY_FILENAME: 'guarded-private.gpg' },
      /cannot sign: it must have no passphrase/,
    ],
  ];
  for (const [title, changes, expected] of cases) {
    test(`${title}: ${expected.source}`, async () => {
      assert.match(await reasonOf('signer', { ...keys, ...changes }, { files }), expected);
    });
  }

  test('nothing of the key stays behind', () => {
    assert.deepEqual(readdirSync(tmpdir()), []);
  });
});
