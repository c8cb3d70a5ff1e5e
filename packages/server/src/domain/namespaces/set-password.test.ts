import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createOrganization,
  createUser,
  getAccount,
  isSuperuserAccount,
  recordFailedLogin,
  recordSuccessfulLogin,
  setAccountEnabled,
  setPassword,
  setSuperuser,
} from '#/domain/namespaces/index.ts';
import { manualClock } from '#/platform/clock.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices, testSettings } from '#/testing/services.ts';

eachDatabase('accounts', (open) => {
  test('a new password ends sessions and the back-off', async () => {
    const clock = manualClock(1_700_000_000_000);
    const services = createTestServices({ database: await open(), clock });
    const alice = await createUser(services, { name: 'alice', password: 'correct-horse' });
    await Promise.all([1, 2, 3].map(() => recordFailedLogin(services, alice.id)));
    const failed = await getAccount(services.database.read, alice.id);
    assert.equal(failed.invalidLoginAttempts, 3);
    assert.equal(failed.lastInvalidLoginMs, clock.nowMs());
    clock.advanceMs(5);
    await setPassword(services, { accountId: alice.id, password: 'battery-staple' });
    const changed = await getAccount(services.database.read, alice.id);
    assert.equal(changed.invalidLoginAttempts, 0);
    assert.equal(changed.sessionsValidFromMs, clock.nowMs());
    assert.ok(await services.passwordHasher.verify('battery-staple', changed.passwordHash ?? ''));
    assert.ok(!(await services.passwordHasher.verify('correct-horse', changed.passwordHash ?? '')));
  });

  test('a right password ends the back-off', async () => {
    const services = createTestServices({ database: await open() });
    const alice = await createUser(services, { name: 'alice' });
    await recordFailedLogin(services, alice.id);
    await recordSuccessfulLogin(services, await getAccount(services.database.read, alice.id));
    const account = await getAccount(services.database.read, alice.id);
    assert.deepEqual([account.invalidLoginAttempts, account.lastInvalidLoginMs], [0, null]);
  });

  test('organizations have no password and are no superusers', async () => {
    const services = createTestServices({ database: await open() });
    const alice = await createUser(services, { name: 'alice' });
    const { id } = await createOrganization(services, { name: 'acme', ownerId: alice.id });
    await assert.rejects(setPassword(services, { accountId: id, password: 'correct-horse' }), {
      code: 'invalid_request',
    });
    await assert.rejects(setSuperuser(services, { accountId: id, superuser: true }), {
      code: 'invalid_request',
    });
    await assert.rejects(setAccountEnabled(services, { accountId: 12_345, enabled: true }), {
      code: 'not_found',
    });
  });
});

for (const [title, settings, account, expected] of [
  ['by database', {}, { superuser: true }, true],
  ['by SUPER_USERS', { superUsers: ['alice'] }, {}, true],
  ['nobody', { superUsers: ['alicia'] }, {}, false],
  ['without the feature', { featureSuperUsers: false, superUsers: ['alice'] }, { superuser: true }, false],
  ['while disabled', { superUsers: ['alice'] }, { enabled: false, superuser: true }, false],
  ['an organization of that name', { superUsers: ['alice'] }, { kind: 'organization' as const }, false],
] as const) {
  test(`isSuperuserAccount: ${title}`, () => {
    const base = { kind: 'user' as const, name: 'alice', enabled: true, superuser: false };
    assert.equal(isSuperuserAccount({ ...testSettings, ...settings }, { ...base, ...account }), expected);
  });
}
