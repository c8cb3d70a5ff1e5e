import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { findDecryptedPassword } from '#/auth/encrypted-password.ts';
import { openServices } from '#/compose.ts';
import { findAccountByFederatedLogin } from '#/domain/namespaces/index.ts';
import { silentLogger } from '#/platform/logger.ts';
import { directoryPassword, fillDirectory } from '#/testing/ldap-people.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { needsSlapd, type Slapd, startSlapd } from '#/testing/slapd.ts';
import { writeTestConfiguration } from '#/testing/write-test-configuration.ts';

const mainFile = join(import.meta.dirname, '../../main.ts');

async function openDirectories(configuration: Readonly<Record<string, unknown>>) {
  const dataDirectory = scratchDirectory();
  const configDirectory = await writeTestConfiguration(dataDirectory, configuration);
  const wharf = (line: string, input = ''): Promise<{ exitCode: number; out: string; err: string }> =>
    new Promise((resolve) => {
      const child = execFile(
        process.execPath,
        [mainFile, ...line.split(' '), '--data', dataDirectory, '--config', configDirectory],
        { timeout: 60_000 },
        (error, out, err) =>
          resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, out, err }),
      );
      child.stdin?.end(input);
    });
  const open = async (t: TestContext) => {
    const opened = await openServices({ dataDirectory, configDirectory }, { logger: silentLogger() });
    t.after(() => opened.close());
    return opened;
  };
  return { wharf, open };
}

test('wharf user encrypted-password checks and encrypts', async (t) => {
  const { wharf, open } = await openDirectories({});
  assert.equal((await wharf('user create alice --password-stdin', 'correct-horse\n')).exitCode, 0);
  const { exitCode, out, err } = await wharf(
    'user encrypted-password alice --password-stdin --json',
    'correct-horse\n',
  );
  assert.equal(exitCode, 0, err);
  const { configuration } = await open(t);
  const { login, encrypted_password: key } = JSON.parse(out);
  assert.equal(login, 'alice');
  assert.equal(findDecryptedPassword(configuration.secrets.secretKey, key), 'correct-horse');
  const wrong = await wharf('user encrypted-password alice --password-stdin', 'wrong-horse\n');
  assert.notEqual(wrong.exitCode, 0);
  assert.doesNotMatch(wrong.out + wrong.err, /wrong-horse/);
  assert.notEqual((await wharf('user link-directory alice')).exitCode, 0);
});

test('where no passwords are taken there is none to encrypt', async () => {
  const { wharf } = await openDirectories({ AUTHENTICATION_TYPE: 'AppToken', FEATURE_DIRECT_LOGIN: false });
  assert.equal((await wharf('user create alice')).exitCode, 0);
  const { exitCode, err } = await wharf('user encrypted-password alice --password-stdin', 'correct-horse\n');
  assert.notEqual(exitCode, 0);
  assert.match(err, /takes no passwords/);
});

describe('with a directory', needsSlapd(), () => {
  let slapd: Slapd;
  before(async () => {
    slapd = await startSlapd({ withoutTls: true });
    await fillDirectory(slapd);
  });
  after(() => slapd.stop());

  test('a user of before is linked, and signs in under the name of the directory', async (t) => {
    const { wharf, open } = await openDirectories({
      AUTHENTICATION_TYPE: 'LDAP',
      LDAP_URI: slapd.uri,
      LDAP_BASE_DN: slapd.baseDn.split(','),
      LDAP_ADMIN_DN: slapd.adminDn,
      LDAP_ADMIN_PASSWD: slapd.adminPassword,
    });
    assert.equal((await wharf('user create robert')).exitCode, 0);
    assert.notEqual((await wharf('user link-directory robert')).exitCode, 0, 'nobody is called so');
    assert.equal((await wharf('user link-directory robert --as bobby')).exitCode, 0);
    const printed = await wharf('user encrypted-password robert --password-stdin --json', directoryPassword);
    assert.equal(printed.exitCode, 0, printed.err);
    assert.equal(JSON.parse(printed.out).login, 'bobby');
    const { services } = await open(t);
    const account = await findAccountByFederatedLogin(services.database.read, 'ldap', 'bobby');
    assert.equal(account?.name, 'robert');
  });
});
