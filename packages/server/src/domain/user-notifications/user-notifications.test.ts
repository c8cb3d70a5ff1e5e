import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addTeamMember, createOrganization, createTeam, createUser } from '#/domain/namespaces/index.ts';
import {
  cleanUserNotifications,
  createUserNotification,
  dismissUserNotification,
  findUserNotification,
  listUserNotifications,
  removeUserNotifications,
  removeUserNotificationsOfKind,
  type UserNotificationKind,
} from '#/domain/user-notifications/index.ts';
import { manualClock } from '#/platform/clock.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

const dayMs = 24 * 3600 * 1000;

eachDatabase('user notifications', (open) => {
  async function setUp() {
    const clock = manualClock(Date.UTC(2026, 0, 1));
    const services = createTestServices({ database: await open(), clock });
    const person = (name: string) =>
      createUser(services, { name, password: 'correct-horse', email: `${name}@example.com` });
    const [ann, bob, eve] = [await person('ann'), await person('bob'), await person('eve')];
    const acme = await createOrganization(services, { name: 'acme', ownerId: ann.id });
    await createTeam(services, { organizationId: acme.id, name: 'readers', role: 'member' });
    await addTeamMember(services, { organizationId: acme.id, team: 'readers', member: 'bob' });
    const tell = (
      accountIds: readonly number[],
      note: string,
      more: { readonly kind?: UserNotificationKind; readonly lookupPath?: string } = {},
    ) =>
      services.database.transaction((db) =>
        createUserNotification(services, db, {
          accountIds,
          kind: more.kind ?? 'repo_push',
          metadata: { note },
          ...(more.lookupPath === undefined ? {} : { lookupPath: more.lookupPath }),
        }),
      );
    const list = async (accountId: number, page = 0, limit = 5) => {
      const { notifications, hasMore } = await listUserNotifications(services, { accountId, page, limit });
      const notes = notifications.map(({ metadata }) => (metadata as { note: string }).note).join(' ');
      return hasMore ? `${notes} ...` : notes;
    };
    return { services, clock, ann, bob, eve, acme, tell, list };
  }

  test('own ones and those of administered organizations, newest first, in pages', async () => {
    const { services, ann, bob, eve, acme, tell, list } = await setUp();
    await tell([ann.id, bob.id, ann.id], 'both');
    await tell([acme.id], 'acme');
    await tell([ann.id], 'ann');
    assert.equal(await list(ann.id), 'ann acme both');
    assert.equal(await list(bob.id), 'both');
    assert.equal(await list(eve.id), '');
    assert.equal(await list(ann.id, 0, 2), 'ann acme ...');
    assert.equal(await list(ann.id, 1, 2), 'both');
    const [own, ofAcme] = (await listUserNotifications(services, { accountId: ann.id, page: 0, limit: 2 }))
      .notifications;
    assert.deepEqual([own?.organization, ofAcme?.organization], [null, 'acme']);
  });

  test('only who may see one can read and dismiss it', async () => {
    const { services, ann, bob, acme, tell, list } = await setUp();
    await tell([acme.id], 'acme');
    const [shown] = (await listUserNotifications(services, { accountId: ann.id, page: 0, limit: 5 }))
      .notifications;
    const uuid = shown?.uuid ?? '';
    const { read } = services.database;
    assert.equal(await findUserNotification(read, bob.id, uuid), undefined);
    await assert.rejects(dismissUserNotification(services, { accountId: bob.id, uuid, dismissed: true }), {
      code: 'not_found',
    });
    assert.equal(await list(ann.id), 'acme');
    const dismissed = await dismissUserNotification(services, { accountId: ann.id, uuid, dismissed: true });
    assert.equal(dismissed.dismissed, true);
    assert.equal(await list(ann.id), '');
    assert.equal((await findUserNotification(read, ann.id, uuid))?.dismissed, true);
    await dismissUserNotification(services, { accountId: ann.id, uuid, dismissed: false });
    assert.equal(await list(ann.id), 'acme');
  });

  test('what no longer holds is taken back', async () => {
    const { services, ann, bob, tell, list } = await setUp();
    await tell([ann.id, bob.id], 'key', {
      kind: 'service_key_submitted',
      lookupPath: '/service_key_approval/k',
    });
    await tell([ann.id], 'password', { kind: 'password_required' });
    await tell([ann.id], 'push');
    await services.database.transaction((db) => removeUserNotifications(db, '/service_key_approval/k'));
    assert.equal(await list(ann.id), 'push password');
    assert.equal(await list(bob.id), '');
    await services.database.transaction((db) =>
      removeUserNotificationsOfKind(db, ann.id, 'password_required'),
    );
    assert.equal(await list(ann.id), 'push');
  });

  test('old ones go, unless they ask for something', async () => {
    const { services, clock, ann, tell, list } = await setUp();
    await tell([ann.id], 'dismissed');
    const [first] = (await listUserNotifications(services, { accountId: ann.id, page: 0, limit: 1 }))
      .notifications;
    await dismissUserNotification(services, { accountId: ann.id, uuid: first?.uuid ?? '', dismissed: true });
    await tell([ann.id], 'unread');
    await tell([ann.id], 'key', { kind: 'service_key_submitted' });
    clock.advanceMs(30 * dayMs);
    assert.equal(await cleanUserNotifications(services), 0);
    clock.advanceMs(1);
    assert.equal(await cleanUserNotifications(services), 1);
    clock.advanceMs(150 * dayMs);
    assert.equal(await cleanUserNotifications(services), 1);
    assert.equal(await list(ann.id), 'key');
  });
});
