import assert from 'node:assert/strict';
import { test } from 'node:test';
import { performerOf } from '#/domain/logs/index.ts';
import type { Principal } from '#/domain/permissions/principal.ts';

const account = { id: 7, uuid: 'u', name: 'alice' };

const rows: readonly (readonly [Principal, number | null, object])[] = [
  [{ kind: 'anonymous' }, null, { public: true }],
  [{ kind: 'user', account, superuser: false }, 7, { username: 'alice' }],
  [
    { kind: 'user', account, superuser: false, appToken: { uuid: 't', title: 'laptop' } },
    7,
    { username: 'alice', app_specific_token: 't', app_specific_token_title: 'laptop' },
  ],
  [
    { kind: 'robot', account: { ...account, name: 'alice+ci' }, ownerId: 1 },
    7,
    { username: 'alice+ci', robot: 'alice+ci', is_robot: true },
  ],
  [
    {
      kind: 'oauth-token',
      account,
      superuser: false,
      scopes: [],
      tokenUuid: 't',
      applicationName: 'ci',
      clientId: 'c',
    },
    7,
    {
      username: 'alice',
      oauth_token_id: 't',
      oauth_token_application_id: 'c',
      oauth_token_application: 'ci',
    },
  ],
  [
    { kind: 'access-token', repositoryId: 1, role: 'read', tokenName: 'SECRET', friendlyName: 'deploy' },
    null,
    { token: 'deploy' },
  ],
];

for (const [principal, accountId, metadata] of rows) {
  test(`performerOf ${JSON.stringify(metadata)}`, () => {
    assert.deepEqual(performerOf(principal, '192.0.2.1'), { accountId, ip: '192.0.2.1', metadata });
  });
}
