import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createFederatedVerification } from '#/auth/engines/federated-verification.ts';
import { createRemoteGuard } from '#/auth/engines/remote-guard.ts';
import { DomainError } from '#/domain/errors.ts';
import { listFederatedLogins } from '#/domain/namespaces/index.ts';
import { linkExternalPerson } from '#/domain/sign-in/index.ts';
import { openApi } from '#/testing/api-fixture.ts';

/** A directory that does not answer. */
const ldap = {
  AUTHENTICATION_TYPE: 'LDAP',
  LDAP_URI: 'ldap://127.0.0.1:9',
  LDAP_BASE_DN: ['dc=example', 'dc=com'],
  LDAP_ADMIN_DN: 'cn=admin,dc=example,dc=com',
  LDAP_ADMIN_PASSWD: 'secret',
  LDAP_USER_RDN: ['ou=people'],
};
const alice = {
  service: 'ldap',
  identifier: 'alice',
  username: 'alice',
  email: 'alice@example.com',
  mayTakeSuperuserName: true,
};

/** Before a directory that refuses everybody and notes whom it was asked about. */
async function openDirectory(t: TestContext) {
  const { services } = await openApi(t);
  const guard = createRemoteGuard(services.clock, { title: 'The directory', timeoutMs: 1000 });
  t.after(() => guard.close());
  const asked: string[] = [];
  const verify = createFederatedVerification(services, {
    service: 'ldap',
    guard,
    async verifyRemotely(login) {
      asked.push(login);
      return { refusal: new DomainError('invalid_credentials', 'Invalid password') };
    },
  });
  const outcome = async (login: string, password: string): Promise<string> => {
    const result = await verify(login, password);
    return 'refusal' in result ? result.refusal.code : 'account';
  };
  return { asked, outcome };
}

test('another spelling of a name, which directories take for the same, is no further guess', async (t) => {
  const { asked, outcome } = await openDirectory(t);
  assert.equal(await outcome('john smith', 'guess-0'), 'invalid_credentials');
  const spellings = [
    'JOHN SMITH',
    ' john smith',
    'john smith ',
    'john   smith',
    'john\u00a0smith',
    'jo\u00adhn smith',
    'john\u200b smith',
    'jöhn smith',
    '\uff4aohn smith',
  ];
  for (const spelling of spellings)
    assert.equal(await outcome(spelling, 'guess-1'), 'login_throttled', JSON.stringify(spelling));
  assert.deepEqual(asked, ['john smith']);
});

test('what makes a server fail instead of saying no is never sent to one', async (t) => {
  const { asked, outcome } = await openDirectory(t);
  for (const [login, password] of [
    ['alice', 'correct\u0000horse'],
    ['alice', 'half \ud800'],
    ['alice', 'x'.repeat(5000)],
    ['ali\udc00ce', 'correct-horse'],
  ] as const)
    assert.equal(await outcome(login, password), 'invalid_credentials', JSON.stringify(password));
  assert.deepEqual(asked, []);
});

test('who is restricted by the directory cannot detach from it', async (t) => {
  const api = await openApi(t, { configuration: ldap });
  const account = await linkExternalPerson(api.services, alice);
  const refused = await api.call('POST', '/detachexternal/ldap', { as: 'alice' });
  assert.equal(refused.status, 400, refused.text);
  const links = await listFederatedLogins(api.services.database.read, account.id);
  assert.deepEqual(
    links.map(({ service }) => service),
    ['ldap'],
  );
});

test('what can name nobody is not sought in a directory', async (t) => {
  // Nothing listens there: whoever asks it gets an outage.
  const api = await openApi(t, { configuration: ldap });
  await linkExternalPerson(api.services, alice);
  for (const name of ['a%00b', 'a%0Ab', 'x'.repeat(300)]) {
    const linked = await api.call('POST', `/entities/link/${name}`, { as: 'alice' });
    assert.equal(linked.status, 400, `${name} ${linked.text}`);
  }
  assert.equal((await api.call('POST', '/entities/link/bobby', { as: 'alice' })).status, 503);
});
