import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createOrganization } from '#/domain/namespaces/index.ts';
import { deliverNotifications } from '#/domain/notifications/index.ts';
import { setRepositoryPermission } from '#/domain/permissions/index.ts';
import { createRepository } from '#/domain/repositories/index.ts';
import { deliverAccountMails } from '#/domain/sign-in/index.ts';
import { openApi } from '#/testing/api-fixture.ts';
import { startReceiver } from '#/testing/http-receiver.ts';
import { followMailLink } from '#/testing/mail-links.ts';
import { mailParts, startSmtpSink } from '#/testing/smtp-sink.ts';

const base = '/repository/acme/app/notification/';

async function setUp(t: TestContext, configuration: Record<string, unknown> = {}) {
  const api = await openApi(t, { configuration: { SSRF_ALLOWED_HOSTS: ['127.0.0.1'], ...configuration } });
  const { services } = api;
  const more = (name: string) => ({ email: `${name}@example.com` });
  const olga = await api.createPerson('olga', more('olga'));
  await api.createPerson('mike', more('mike'));
  const acme = await createOrganization(services, { name: 'acme', ownerId: olga.id });
  const create = (name: string) =>
    createRepository(services, { namespaceId: acme.id, name, visibility: 'public', creator: undefined });
  const repository = await create('app');
  await create('other');
  await setRepositoryPermission(services, {
    repository,
    delegate: { kind: 'user', name: 'mike' },
    role: 'write',
  });
  const make = async (changes: Record<string, unknown> = {}) => {
    const body = { event: 'repo_push', method: 'webhook', config: {}, eventConfig: {}, ...changes };
    return api.call('POST', base, { as: 'olga', body });
  };
  return { ...api, make };
}

test('a notification is made, shown, listed, tested, reset and deleted with the shapes of clients', async (t) => {
  const receiver = await startReceiver();
  t.after(receiver.close);
  const { call, make, services } = await setUp(t, { SERVER_HOSTNAME: 'registry.example.com' });
  const config = { url: receiver.url, secret: 'open sesame', template: '' };
  const created = await make({ config, title: 'Hook' });
  assert.equal(created.status, 201, created.text);
  const { uuid, ...view } = created.json;
  assert.deepEqual(view, {
    title: 'Hook',
    event: 'repo_push',
    method: 'webhook',
    config: { url: receiver.url, template: '' },
    event_config: {},
    number_of_failures: 0,
  });
  const untitled = await make({
    config: { url: receiver.url },
    event: 'build_start',
    eventConfig: { 'ref-regex': 'x' },
  });
  assert.equal(untitled.json.title, null);
  const as = 'olga';
  assert.deepEqual((await call('GET', `${base}${uuid}`, { as })).json, created.json);
  const list = await call('GET', base, { as });
  assert.deepEqual(list.json, { notifications: [created.json, untitled.json] });
  const tested = await call('POST', `${base}${uuid}/test`, { as });
  assert.deepEqual([tested.status, tested.json], [200, {}]);
  await deliverNotifications(services);
  const payload = JSON.parse(receiver.heard[0]?.body ?? '{}');
  assert.equal(payload.homepage, 'http://registry.example.com/repository/acme/app');
  assert.equal(payload.pruned_image_count, 3);
  const reset = await call('POST', `${base}${uuid}`, { as });
  assert.deepEqual([reset.status, reset.text], [204, '']);
  const deleted = await call('DELETE', `${base}${uuid}`, { as });
  assert.deepEqual([deleted.status, deleted.text], [204, '']);
  for (const [method, path, status] of [
    ['GET', uuid, 404],
    ['DELETE', uuid, 400],
    ['POST', uuid, 400],
    ['POST', `${uuid}/test`, 400],
    ['GET', 'nonsense', 404],
  ] as const)
    assert.equal((await call(method, `${base}${path}`, { as })).status, status, `${method} ${path}`);
  const logs = await call('GET', '/repository/acme/app/logs', { as });
  const kinds = logs.json.logs.map(({ kind }: { kind: string }) => kind);
  for (const kind of ['add_repo_notification', 'reset_repo_notification', 'delete_repo_notification'])
    assert.ok(kinds.includes(kind), kind);
});

test('only administrators of the repository come near its notifications', async (t) => {
  const { call, make } = await setUp(t);
  const { json } = await make({ config: { url: 'http://receiver.example.com/' } });
  const body = {
    event: 'repo_push',
    method: 'webhook',
    config: { url: 'http://x.example.com' },
    eventConfig: {},
  };
  for (const [method, path] of [
    ['GET', base],
    ['POST', base],
    ['GET', `${base}${json.uuid}`],
    ['POST', `${base}${json.uuid}`],
    ['DELETE', `${base}${json.uuid}`],
    ['POST', `${base}${json.uuid}/test`],
  ] as const) {
    const sent = method === 'POST' && path === base ? { body } : {};
    assert.equal((await call(method, path, { as: 'mike', ...sent })).status, 403, `${method} ${path}`);
    assert.equal((await call(method, path, sent)).status, 401, `${method} ${path}`);
  }
  const foreign = `/repository/acme/other/notification/${json.uuid}`;
  assert.equal((await call('GET', foreign, { as: 'olga' })).status, 404);
  assert.equal((await call('DELETE', foreign, { as: 'olga' })).status, 400);
  assert.equal((await call('GET', `${base}${json.uuid}`, { as: 'olga' })).status, 200);
});

test('what cannot work is refused with the reason', async (t) => {
  const { call, make } = await setUp(t);
  const missing = await make();
  assert.equal(missing.status, 400);
  assert.match(missing.json.message, /Missing webhook URL/);
  assert.equal(missing.json.error_type, 'invalid_request');
  const flowdock = await make({ method: 'flowdock', config: { flow_api_token: 'x' } });
  assert.match(flowdock.json.message, /Flowdock was shut down/);
  const incomplete = await call('POST', base, {
    as: 'olga',
    body: { event: 'repo_push', method: 'webhook' },
  });
  assert.equal(incomplete.status, 400);
  const loopback = await make({ config: { url: 'http://169.254.169.254/latest' } });
  assert.match(loopback.json.message, /not allowed/);
});

test('notifications of retired methods say so', async (t) => {
  const { call, make, services } = await setUp(t);
  await make({ config: { url: 'http://receiver.example.com/' } });
  await services.database.transaction((db) =>
    db
      .updateTable('repository_notifications')
      .set({ method: 'hipchat', config_json: '{"room_id":"x"}' })
      .execute(),
  );
  const [shown] = (await call('GET', base, { as: 'olga' })).json.notifications;
  assert.deepEqual([shown.method, shown.config, shown.retired], ['hipchat', { room_id: 'x' }, true]);
});

test('an address is authorized by its reader, and only then gets mail', async (t) => {
  const sink = await startSmtpSink();
  t.after(sink.close);
  const { call, make, services } = await setUp(t, {
    FEATURE_MAILING: true,
    MAIL_SERVER: '127.0.0.1',
    MAIL_PORT: sink.port,
    MAIL_USE_TLS: false,
    SERVER_HOSTNAME: 'registry.example.com',
  });
  const path = '/repository/acme/app/authorizedemail/ops@example.com';
  assert.equal((await call('GET', path, { as: 'olga' })).status, 404);
  assert.equal((await call('POST', path, { as: 'mike' })).status, 403);
  const asked = await call('POST', path, { as: 'olga' });
  assert.equal(asked.status, 200, asked.text);
  const { code, ...record } = asked.json;
  assert.deepEqual(record, {
    email: 'ops@example.com',
    repository: 'app',
    namespace: 'acme',
    confirmed: false,
  });
  assert.deepEqual((await call('GET', path, { as: 'olga' })).json, asked.json);
  assert.equal((await make({ method: 'email', config: { email: 'ops@example.com' } })).status, 400);
  assert.equal(sink.mails.length, 0, 'no request waits for the mail server');
  await deliverAccountMails(services);
  const link = /http:\/\/registry\.example\.com(\/authrepoemail\?code=\S+)/.exec(
    mailParts(sink.mails[0]?.source ?? '').text,
  );
  const wrong = await followMailLink({ call }, `/authrepoemail?code=${code}`);
  assert.equal(wrong.followed.status, 400);
  const { page, followed } = await followMailLink({ call }, link?.[1] ?? '');
  assert.equal(page.status, 200);
  assert.match(String(page.headers['content-type']), /^text\/html/);
  assert.equal(followed.status, 200);
  assert.match(followed.text, /acme\/app may now be sent to ops@example\.com/);
  assert.equal((await call('GET', path, { as: 'olga' })).json.confirmed, true);
  assert.equal((await make({ method: 'email', config: { email: 'ops@example.com' } })).status, 201);
});

test('without FEATURE_MAILING there are no addresses', async (t) => {
  const { call } = await setUp(t);
  assert.equal(
    (await call('POST', '/repository/acme/app/authorizedemail/a@b.org', { as: 'olga' })).status,
    404,
  );
  assert.equal((await call('GET', '//authrepoemail?code=x')).status, 404);
});

test('who may only read everything sees where hooks lead, not their addresses', async (t) => {
  const { call, make, createPerson } = await setUp(t, { GLOBAL_READONLY_SUPER_USERS: ['eye'] });
  await createPerson('eye', { email: 'eye@example.com' });
  const made = await make({ config: { url: 'https://user:pass@hooks.example.com/services/T0/secret' } });
  assert.equal(made.status, 201, made.text);
  for (const path of [base, `${base}${made.json.uuid}`]) {
    const { status, text } = await call('GET', path, { as: 'eye' });
    assert.equal(status, 200);
    assert.match(text, /https:\/\/hooks\.example\.com\/\u2026/);
    assert.doesNotMatch(text, /pass|secret/);
    assert.match((await call('GET', path, { as: 'olga' })).text, /user:pass@hooks\.example\.com\/services/);
  }
});
