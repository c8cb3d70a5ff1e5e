import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { cephAbsence, registryOnCeph, startCeph } from '#/testing/ceph.ts';
import type { DatabaseServer } from '#/testing/database-server.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { fillDirectory } from '#/testing/ldap-people.ts';
import { startMariadb } from '#/testing/mariadb.ts';
import { startRedis } from '#/testing/redis.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { needsSlapd, startSlapd } from '#/testing/slapd.ts';
import { writeTestConfiguration } from '#/testing/write-test-configuration.ts';
import type { Finding } from './finding.ts';
import { runDoctor } from './run-doctor.ts';

async function examine(keys: Readonly<Record<string, unknown>>): Promise<(check: string) => Finding> {
  const dataDirectory = scratchDirectory();
  const directory = await writeTestConfiguration(dataDirectory, keys);
  const found = await runDoctor({ directory, dataDirectory });
  return (check) => {
    const one = found.find((finding) => finding.check === check);
    assert.ok(one, JSON.stringify(found, null, 1));
    return one;
  };
}

describe('wharf doctor on MariaDB', needsPrograms('mariadbd', 'mariadb-install-db'), () => {
  let mariadb: DatabaseServer;
  before(async () => {
    mariadb = await startMariadb();
  });
  after(() => mariadb.stop());

  test('version, settings that lose data, clock, and a server that is gone', async () => {
    const keys = { DB_URI: mariadb.uri };
    const found = await examine(keys);
    assert.match(found('database').message, /^MariaDB \d+\.\d+\.\d+ answers\.$/);
    assert.match(found('database durability').message, /innodb_flush_log_at_trx_commit=0/);
    assert.equal(found('clock').status, 'ok');
    await mariadb.halt();
    const gone = (await examine(keys))('database');
    assert.equal(gone.status, 'failed');
    assert.match(gone.message, /nothing listens there/);
  });
});

test('Redis that answers, then does not', needsPrograms('redis-server'), async (t) => {
  const redis = await startRedis();
  t.after(() => redis.stop());
  const keys = { USER_EVENTS_REDIS: { host: '127.0.0.1', port: redis.port } };
  assert.deepEqual((await examine(keys))('redis'), { check: 'redis', status: 'ok', message: 'It answers.' });
  await redis.halt();
  assert.equal((await examine(keys))('redis').status, 'failed');
});

test('a directory that answers, then refuses', needsSlapd(), async (t) => {
  const slapd = await startSlapd({ withoutTls: true });
  t.after(() => slapd.stop());
  await fillDirectory(slapd);
  const keys = {
    AUTHENTICATION_TYPE: 'LDAP',
    LDAP_URI: slapd.uri,
    LDAP_ALLOW_INSECURE_FALLBACK: true,
    LDAP_BASE_DN: slapd.baseDn.split(','),
    LDAP_USER_RDN: ['ou=people'],
    LDAP_ADMIN_DN: slapd.adminDn,
    LDAP_ADMIN_PASSWD: slapd.adminPassword,
  };
  assert.equal((await examine(keys))('sign-in ldap').status, 'ok');
  const refused = (await examine({ ...keys, LDAP_ADMIN_PASSWD: 'wrong-secret' }))('sign-in ldap');
  assert.deepEqual([refused.status, refused.message], ['failed', 'Invalid credentials']);
});

test('an object store that works, and keys that do not', { skip: cephAbsence() ?? false }, async (t) => {
  const ceph = await startCeph();
  t.after(() => ceph.stop());
  const good = (await examine(registryOnCeph(ceph, '127.0.0.1')))('storage default');
  assert.equal(good.status, 'ok', good.message);
  const wrong = registryOnCeph({ ...ceph, secretKey: 'wrong-secret' }, '127.0.0.1');
  const refused = (await examine(wrong))('storage default');
  assert.deepEqual([refused.status, refused.message], ['failed', 'the secret key is wrong.']);
});
