import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listActionLogs } from '#/domain/logs/index.ts';
import { createOrganization } from '#/domain/namespaces/index.ts';
import {
  createRepositoryNotification,
  deleteRepositoryNotification,
  findNotificationMethod,
  findRepositoryNotification,
  listRepositoryNotifications,
  resetRepositoryNotification,
  testRepositoryNotification,
} from '#/domain/notifications/index.ts';
import { createRepository } from '#/domain/repositories/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { notificationFixture } from '#/testing/notification-fixture.ts';

const url = 'http://receiver.example.com/hook';

/** What is refused, and the beginning of the reason. */
const refused: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
  ['an unknown event', { event: 'nothing' }, /There is no event "nothing"; there are repo_push, /],
  ['an unknown method', { method: 'pigeon' }, /There is no method "pigeon"/],
  ['a namespace event', { event: 'quota_warning' }, /There is no event/],
  ['a webhook without URL', { config: {} }, /Missing webhook URL/],
  ['a webhook with an empty URL', { config: { url: '' } }, /Missing webhook URL/],
  ['another scheme', { config: { url: 'ftp://example.com' } }, /http:\/\/ or https:\/\//],
  ['loopback', { config: { url: 'http://[::1]/' } }, /not allowed/],
  ['metadata', { config: { url: 'http://169.254.169.254/' } }, /not allowed/],
  ['a broken template', { config: { url, template: '{' } }, /not JSON/],
  ['slack without URL', { method: 'slack', config: {} }, /Missing Slack Callback URL/],
  ['mail without address', { method: 'email', config: {} }, /Missing e-mail address/],
  ['mail to whom nobody asked', { method: 'email', config: { email: 'a@example.com' } }, /not authorized/],
  ['no target', { method: 'quay_notification', config: {} }, /Missing target/],
  [
    'a target without name',
    { method: 'quay_notification', config: { target: { kind: 'user' } } },
    /Missing target/,
  ],
  [
    'an unknown user',
    { method: 'quay_notification', config: { target: { kind: 'user', name: 'nobody' } } },
    /Unknown user nobody/,
  ],
  [
    'an organization as user',
    { method: 'quay_notification', config: { target: { kind: 'user', name: 'acme' } } },
    /Unknown user acme/,
  ],
  [
    'an unknown organization',
    { method: 'quay_notification', config: { target: { kind: 'org', name: 'ann' } } },
    /Unknown organization ann/,
  ],
  [
    'another organization',
    { method: 'quay_notification', config: { target: { kind: 'org', name: 'other' } } },
    /Organization name must match/,
  ],
  [
    'an unknown team',
    { method: 'quay_notification', config: { target: { kind: 'team', name: 'nobodies' } } },
    /Unknown team nobodies/,
  ],
  ['flowdock', { method: 'flowdock', config: { flow_api_token: 'x' } }, /Flowdock was shut down/],
  [
    'hipchat',
    { method: 'hipchat', config: { notification_token: 'x', room_id: 'y' } },
    /HipChat was shut down/,
  ],
  [
    'a NUL character',
    { method: 'quay_notification', config: { target: { kind: 'user', name: 'a\0' } } },
    /NUL/,
  ],
  ['a wrong filter', { event: 'build_start', eventConfig: { 'ref-regex': '(' } }, /ref-regex/],
  ['a long title', { title: 'x'.repeat(256) }, /too long/],
  ['much of anything', { config: { url, more: 'x'.repeat(21_000) } }, /too long/],
];

eachDatabase('repository notifications', (open) => {
  async function setUp() {
    const fixture = await notificationFixture(await open());
    const { services, repository, ann } = fixture;
    await createOrganization(services, { name: 'other', ownerId: ann.id });
    const create = (changes: Record<string, unknown> = {}) =>
      createRepositoryNotification(services, {
        repository,
        event: 'repo_push',
        method: 'webhook',
        config: { url },
        eventConfig: {},
        title: null,
        ...changes,
      });
    return { ...fixture, create };
  }

  test('are made, listed, found and deleted, each change with its audit row', async () => {
    const { services, repository, create } = await setUp();
    const { read } = services.database;
    const hook = await create({ title: 'Hook' });
    const build = await create({
      event: 'build_start',
      eventConfig: { 'ref-regex': 'refs/heads/', more: 1 },
    });
    assert.deepEqual(await listRepositoryNotifications(read, repository.id), [hook, build]);
    assert.deepEqual(await findRepositoryNotification(read, repository.id, build.uuid), build);
    await resetRepositoryNotification(services, { repository, uuid: hook.uuid });
    await deleteRepositoryNotification(services, { repository, uuid: hook.uuid });
    assert.deepEqual(await listRepositoryNotifications(read, repository.id), [build]);
    const logs = await listActionLogs(services, {
      scope: { kind: 'repository', repositoryId: repository.id },
      fromMs: 0,
      untilMs: Number.MAX_SAFE_INTEGER,
      limit: 10,
    });
    const about = {
      repo: 'app',
      namespace: 'acme',
      notification_id: hook.uuid,
      event: 'repo_push',
      method: 'webhook',
    };
    const changes = logs.entries.filter(({ kind }) => kind.endsWith('_repo_notification'));
    assert.deepEqual(changes.map(({ kind }) => kind).sort(), [
      'add_repo_notification',
      'add_repo_notification',
      'delete_repo_notification',
      'reset_repo_notification',
    ]);
    for (const { kind, metadata } of changes)
      if (kind !== 'add_repo_notification') assert.deepEqual(metadata, about);
    assert.ok(!JSON.stringify(logs).includes('receiver.example.com'));
  });

  test('of another repository do not exist', async () => {
    const { services, acme, create } = await setUp();
    const { uuid } = await create();
    const repository = await createRepository(services, {
      namespaceId: acme.id,
      name: 'another',
      visibility: 'public',
      creator: undefined,
    });
    assert.equal(await findRepositoryNotification(services.database.read, repository.id, uuid), undefined);
    for (const change of [
      deleteRepositoryNotification,
      resetRepositoryNotification,
      testRepositoryNotification,
    ])
      await assert.rejects(change(services, { repository, uuid }), { code: 'invalid_request' });
  });

  test('keep a secret of theirs from the database and from readers', async () => {
    const { services, repository, create } = await setUp();
    const { uuid } = await create({ config: { url, secret: 'open sesame' } });
    const rows = await services.database.read.selectFrom('repository_notifications').selectAll().execute();
    assert.ok(!JSON.stringify(rows).includes('sesame'));
    const found = await findRepositoryNotification(services.database.read, repository.id, uuid);
    assert.deepEqual(findNotificationMethod('webhook')?.show(found?.config ?? {}), { url });
  });

  test('are limited in number', async () => {
    const { create } = await setUp();
    for (let index = 0; index < 100; index += 1) await create();
    await assert.rejects(create(), /at most 100/);
  });

  for (const [name, changes, message] of refused) {
    test(`refuse ${name}`, async () => {
      const { services, repository, create } = await setUp();
      await assert.rejects(create(changes), (error: Error & { code?: string }) => {
        assert.equal(error.code, 'invalid_request');
        assert.match(error.message, message);
        return true;
      });
      assert.deepEqual(await listRepositoryNotifications(services.database.read, repository.id), []);
    });
  }
});
