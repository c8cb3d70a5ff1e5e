import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAppToken } from '#/domain/tokens/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { openTokenService } from '#/testing/token-service-fixture.ts';

const actionLog = {
  auditLogins: true,
  auditLoginFailures: true,
  auditPullFailures: false,
  auditPushFailures: false,
  auditDeleteFailures: false,
  disabledForAuditLogs: [],
  disabledForPullLogs: [],
  disablePullLogsForFreeNamespaces: false,
};

eachDatabase('log-ins in the action log', (open) => {
  async function setUp(t: Parameters<typeof openTokenService>[0], settings = {}) {
    const service = await openTokenService(t, open, {
      settings: { actionLog: { ...actionLog, ...settings } },
    });
    const entries = async () => {
      const rows = await service.services.database.read
        .selectFrom('action_logs')
        .selectAll()
        .where('kind', 'like', 'login%')
        .orderBy('id')
        .execute();
      return rows.map((row) => {
        const { message, ...metadata } = JSON.parse(row.metadata_json);
        assert.equal(typeof message, row.kind === 'login_failure' ? 'string' : 'undefined');
        return [row.kind, row.account_id, row.performer_id, metadata];
      });
    };
    const headers = { 'user-agent': 'docker/28' };
    return { ...service, entries, headers };
  }
  const seen = { type: 'v2auth', useragent: 'docker/28' };

  test('a log-in leaves an entry, a token for a pull does not', async (t) => {
    const { call, entries, robot, acme, owner, alice, writable, headers } = await setUp(t);
    const { token } = await createAppToken(writable, { accountId: alice.id, title: 'laptop' });
    await call({ as: 'owner:correct-horse', headers });
    await call({ as: 'owner:correct-horse', scope: 'repository:acme/app:pull', headers });
    await call({ scope: 'repository:acme/open:pull', headers });
    await call({ as: `acme+ci:${robot.token}`, headers });
    await call({ as: `$app:${token}`, headers });
    const all = await entries();
    const { app_specific_token: uuid, ...withApp } = all[2]?.[3] ?? {};
    assert.equal(typeof uuid, 'string');
    assert.deepEqual(all.slice(0, 2), [
      ['login_success', owner.id, owner.id, { ...seen, kind: 'user', username: 'owner' }],
      [
        'login_success',
        acme.id,
        robot.account.id,
        { ...seen, kind: 'robot', username: 'acme+ci', robot: 'acme+ci', is_robot: true },
      ],
    ]);
    assert.deepEqual(
      [all[2]?.slice(0, 3), withApp, all.length],
      [
        ['login_success', alice.id, alice.id],
        { ...seen, kind: 'app_specific_token', username: 'alice', app_specific_token_title: 'laptop' },
        3,
      ],
    );
  });

  test('a refusal leaves one too, whatever it was for, without a name that nobody has', async (t) => {
    const { call, entries, owner, acme, headers } = await setUp(t);
    await call({ as: 'owner:wrong', scope: 'repository:acme/app:pull', headers });
    await call({ as: 'acme+ci:wrong', headers });
    await call({ as: 'my-password:', headers });
    await call({ authorization: 'Basic !', headers });
    await call({ as: '$app:nonsense', headers });
    assert.deepEqual(await entries(), [
      ['login_failure', owner.id, null, { ...seen, kind: 'user', username: 'owner' }],
      ['login_failure', acme.id, null, { ...seen, kind: 'robot', robot: 'acme+ci' }],
      // Two of them in one minute from one address.
      ['login_failure', null, null, { ...seen, kind: 'user' }],
      ['login_failure', null, null, { ...seen, kind: 'app_specific_token' }],
    ]);
  });

  test('unless the configuration leaves them out', async (t) => {
    const off = await setUp(t, { auditLogins: false, auditLoginFailures: false });
    const silent = await setUp(t, { disabledForAuditLogs: ['acme', 'owner'] });
    for (const { call, robot, entries } of [off, silent]) {
      await call({ as: 'owner:correct-horse' });
      await call({ as: `acme+ci:${robot.token}` });
      await call({ as: 'owner:wrong' });
      await call({ as: 'acme+ci:wrong' });
      assert.deepEqual(await entries(), []);
    }
  });
});
