import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOrganization } from '#/domain/namespaces/index.ts';
import { createRepository } from '#/domain/repositories/index.ts';
import { openApi } from '#/testing/api-fixture.ts';

/** `root` is superuser, `eye` reads everything, `both` is both; none has a right on `acme` of its own. */
async function openWatched(t: Parameters<typeof openApi>[0], fullAccess: boolean) {
  const api = await openApi(t, {
    configuration: {
      GLOBAL_READONLY_SUPER_USERS: ['eye', 'both'],
      FEATURE_SUPERUSERS_FULL_ACCESS: fullAccess,
    },
  });
  const owner = await api.createPerson('owner');
  for (const name of ['root', 'both']) await api.createPerson(name, { superuser: true });
  await api.createPerson('eye');
  const acme = await createOrganization(api.services, { name: 'acme', ownerId: owner.id });
  await createRepository(api.services, {
    namespaceId: acme.id,
    name: 'app',
    visibility: 'private',
    creator: undefined,
  });
  return api;
}

const description = { description: 'text' };

for (const [fullAccess, table] of [
  [
    true,
    [
      ['root', 200, 200, 200, 200],
      ['eye', 200, 200, 403, 403],
      ['both', 200, 200, 403, 403],
    ],
  ],
  [
    false,
    [
      ['root', 403, 200, 403, 200],
      ['eye', 200, 200, 403, 403],
      ['both', 200, 200, 403, 403],
    ],
  ],
] as const) {
  test(`superusers ${fullAccess ? 'with' : 'without'} full access, and those who only read`, async (t) => {
    const api = await openWatched(t, fullAccess);
    for (const [as, ...expected] of table) {
      const found = [
        await api.call('GET', '/repository/acme/app', { as }),
        await api.call('GET', '/superuser/users/', { as }),
        await api.call('PUT', '/repository/acme/app', { as, body: description }),
        await api.call('PUT', '/superuser/users/owner', { as, body: { enabled: true } }),
      ].map(({ status }) => status);
      assert.deepEqual(found, expected, as);
    }
  });
}

test('a token reads everything only with the scope of superusers', async (t) => {
  const api = await openWatched(t, true);
  for (const [scope, status] of [
    ['super:user', 200],
    ['repo:admin', 403],
  ] as const) {
    const bearer = await api.tokenOf('eye', [scope]);
    assert.equal((await api.call('GET', '/repository/acme/app', { bearer })).status, status, scope);
  }
});
