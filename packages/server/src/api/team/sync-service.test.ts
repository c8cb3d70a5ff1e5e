import assert from 'node:assert/strict';
import { test } from 'node:test';
import { syncServiceOf } from '#/api/team/sync-service.ts';

for (const [type, name, body] of [
  ['LDAP', 'ldap', { group_dn: 'cn=dev' }],
  ['Keystone', 'keystone', { group_id: '1234' }],
  ['OIDC', 'oidc', { group_name: 'dev' }],
] as const) {
  test(`a group of ${type} is named by one key`, () => {
    const service = syncServiceOf(type);
    assert.equal(service?.name, name);
    assert.deepEqual(service?.config.parse({ ...body, more: 'ignored' }), body);
    for (const bad of [
      {},
      { group: 'dev' },
      Object.fromEntries(Object.keys(body).map((key) => [key, ' '])),
    ]) {
      assert.equal(service?.config.safeParse(bad).success, false, JSON.stringify(bad));
    }
  });
}

test('other kinds of accounts have no groups', () => {
  for (const type of ['Database', 'AppToken', 'JWT', 'constructor']) {
    assert.equal(syncServiceOf(type), undefined, type);
  }
});
