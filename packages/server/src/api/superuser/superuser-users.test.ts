import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listActionLogs } from '#/domain/logs/index.ts';
import {
  createOrganization,
  createTeam,
  findAccountByName,
  listTeamMembers,
  listTeams,
} from '#/domain/namespaces/index.ts';
import { deliverAccountMails } from '#/domain/sign-in/index.ts';
import { createAppToken } from '#/domain/tokens/index.ts';
import { type ApiFixture, openApi } from '#/testing/api-fixture.ts';
import { startSmtpSink } from '#/testing/smtp-sink.ts';

async function openWithPeople(t: Parameters<typeof openApi>[0], configuration = {}): Promise<ApiFixture> {
  const api = await openApi(t, { configuration: { SUPER_USERS: ['root'], ...configuration } });
  await api.createPerson('root', { email: 'root@example.com' });
  await api.createPerson('deputy', { email: 'deputy@example.com', superuser: true });
  await api.createPerson('hugo', { email: 'hugo@example.com' });
  return api;
}

/** The newest rows of the audit log: kind and metadata. */
async function lastLogs(api: ApiFixture, limit: number) {
  const { entries } = await listActionLogs(api.services, {
    scope: { kind: 'registry' },
    fromMs: 0,
    untilMs: Number.MAX_SAFE_INTEGER,
    before: undefined,
    limit,
  });
  return entries.map(({ kind, metadata }) => ({ kind, metadata }));
}

const view = (name: string, more = {}) => ({
  kind: 'user',
  name,
  username: name,
  email: `${name}@example.com`,
  verified: true,
  super_user: false,
  global_readonly_super_user: false,
  enabled: true,
  ...more,
});

function withoutAvatar({ avatar, ...rest }: { avatar: { name: string; kind: string } }) {
  assert.ok(['user', 'org'].includes(avatar.kind));
  return rest;
}

test('people are listed whole, without the disabled, and in pages', async (t) => {
  const api = await openWithPeople(t, { GLOBAL_READONLY_SUPER_USERS: ['hugo'] });
  const list = async (query: string) =>
    (await api.call('GET', `/superuser/users/${query}`, { as: 'root' })).json;
  const whole = await list('');
  assert.deepEqual(Object.keys(whole), ['users']);
  assert.deepEqual(whole.users.map(withoutAvatar), [
    view('deputy', { super_user: true }),
    view('hugo', { global_readonly_super_user: true }),
    view('root', { super_user: true }),
  ]);
  await api.createPerson('ida');
  await api.call('PUT', '/superuser/users/ida', { as: 'root', body: { enabled: false } });
  const names = (json: { users: { name: string }[] }) => json.users.map(({ name }) => name).join(' ');
  assert.equal(names(await list('?disabled=false')), 'deputy hugo root');
  assert.equal(names(await list('')), 'deputy hugo ida root');
  const first = await list('?limit=3');
  assert.equal(names(first), 'deputy hugo ida');
  const second = await list(`?limit=3&next_page=${encodeURIComponent(first.next_page)}`);
  assert.deepEqual([names(second), second.next_page], ['root', undefined]);
  assert.equal((await list('?limit=100')).next_page, undefined);
  for (const limit of ['101', '0', '-1', 'many']) {
    const refused = await api.call('GET', `/superuser/users/?limit=${limit}`, { as: 'root' });
    assert.equal(refused.status, 400, limit);
  }
});

test('a person is made with a password that works', async (t) => {
  const api = await openWithPeople(t);
  const made = await api.call('POST', '/superuser/users/', {
    as: 'root',
    body: { username: 'ida', email: 'ida@example.com' },
  });
  assert.equal(made.status, 200, made.text);
  const { password, encrypted_password: encrypted, ...rest } = made.json;
  assert.deepEqual(rest, { username: 'ida', email: 'ida@example.com' });
  assert.match(password, /^[A-Z0-9]{32}$/);
  assert.equal(typeof encrypted, 'string');
  assert.equal((await api.call('POST', '/signin', { body: { username: 'ida', password } })).status, 200);
  for (const body of [
    { username: 'ida' },
    { username: 'No Name' },
    { username: 'jo', email: 'ida@example.com' },
    { username: 'jo', email: 'nothing' },
    {},
  ]) {
    const refused = await api.call('POST', '/superuser/users/', { as: 'root', body });
    assert.equal(refused.status, 400, JSON.stringify(body));
  }
  assert.equal(
    (await api.call('POST', '/superuser/users/', { as: 'root', body: { username: 'jo' } })).json.email,
    null,
  );
});

test('a person is changed: everything that is given, or nothing', async (t) => {
  const api = await openWithPeople(t);
  const change = (name: string, body: unknown) =>
    api.call('PUT', `/superuser/users/${name}`, { as: 'root', body });
  const changed = await change('hugo', {
    password: 'better-horse',
    email: 'h@example.com',
    enabled: false,
    superuser: false,
  });
  assert.equal(changed.status, 200, changed.text);
  const { encrypted_password: encrypted, ...rest } = changed.json;
  assert.equal(typeof encrypted, 'string');
  assert.deepEqual(withoutAvatar(rest), view('hugo', { email: 'h@example.com', enabled: false }));
  const by = { username: 'hugo', superuser: 'root' };
  assert.deepEqual((await lastLogs(api, 4)).reverse(), [
    { kind: 'user_change_password', metadata: by },
    { kind: 'user_change_email', metadata: { ...by, email: 'h@example.com', old_email: 'hugo@example.com' } },
    { kind: 'user_disable', metadata: by },
    { kind: 'user_change_metadata', metadata: { ...by, super_user: false } },
  ]);
  const signIn = { username: 'hugo', password: 'better-horse' };
  assert.equal((await api.call('POST', '/signin', { body: signIn })).status, 403);
  const enabled = await change('hugo', { enabled: true });
  assert.deepEqual(Object.keys(enabled.json).includes('encrypted_password'), false);
  assert.equal((await api.call('POST', '/signin', { body: signIn })).status, 200);

  const before = (await api.call('GET', '/superuser/users/hugo', { as: 'root' })).json;
  assert.equal((await change('hugo', { enabled: false, email: 'deputy@example.com' })).status, 400);
  assert.equal((await change('hugo', { enabled: false, password: 'short' })).status, 400);
  assert.deepEqual((await api.call('GET', '/superuser/users/hugo', { as: 'root' })).json, before);

  assert.equal((await change('hugo', { superuser: true })).json.super_user, true);
  for (const name of ['hugo', 'deputy', 'root']) {
    assert.equal((await change(name, { enabled: false })).status, 400, name);
    assert.equal((await api.call('DELETE', `/superuser/users/${name}`, { as: 'deputy' })).status, 400, name);
  }
});

test('people and organizations that are missing, of the other kind or being deleted are not found', async (t) => {
  const api = await openWithPeople(t);
  const hugo = await findAccountByName(api.services.database.read, 'hugo');
  await createOrganization(api.services, { name: 'acme', ownerId: hugo?.id ?? 0 });
  assert.equal((await api.call('DELETE', '/superuser/users/hugo', { as: 'root' })).status, 204);
  assert.deepEqual(await lastLogs(api, 1), [{ kind: 'user_delete', metadata: { username: 'hugo' } }]);
  const retired = await api.services.database.read
    .selectFrom('accounts')
    .select('name')
    .where('id', '=', hugo?.id ?? 0)
    .executeTakeFirstOrThrow();
  for (const name of ['hugo', retired.name, 'acme', 'nobody']) {
    for (const [method, path, body] of [
      ['GET', `/superuser/users/${name}`, undefined],
      ['PUT', `/superuser/users/${name}`, { enabled: true }],
      ['DELETE', `/superuser/users/${name}`, undefined],
    ] as const) {
      assert.equal((await api.call(method, path, { as: 'root', body })).status, 404, `${method} ${path}`);
    }
  }
  for (const name of ['root', retired.name, 'nobody']) {
    const path = `/superuser/organizations/${name}`;
    assert.equal((await api.call('PUT', path, { as: 'root', body: { name: 'other' } })).status, 404, name);
    assert.equal((await api.call('DELETE', path, { as: 'root' })).status, 404, name);
  }
  for (const name of [retired.name, 'nobody']) {
    const path = `/superuser/takeownership/${name}`;
    assert.equal((await api.call('POST', path, { as: 'root' })).status, 404, name);
  }
  const { json } = await api.call('GET', '/superuser/users/', { as: 'root' });
  assert.deepEqual(
    json.users.map(({ name }: { name: string }) => name),
    ['deputy', 'root'],
  );
});

test('organizations are listed, renamed and deleted', async (t) => {
  const api = await openWithPeople(t);
  const hugo = await findAccountByName(api.services.database.read, 'hugo');
  const ownerId = hugo?.id ?? 0;
  await createOrganization(api.services, { name: 'acme', email: 'office@example.org', ownerId });
  await createOrganization(api.services, { name: 'initech', ownerId });
  const list = async (query = '') =>
    (await api.call('GET', `/superuser/organizations/${query}`, { as: 'root' })).json;
  const whole = await list();
  assert.deepEqual(Object.keys(whole), ['organizations']);
  assert.deepEqual(whole.organizations.map(withoutAvatar), [
    { name: 'acme', email: 'office@example.org' },
    { name: 'initech', email: null },
  ]);
  const first = await list('?limit=1');
  const second = await list(`?limit=1&next_page=${encodeURIComponent(first.next_page)}`);
  assert.deepEqual([first.organizations[0].name, second.organizations[0].name], ['acme', 'initech']);
  assert.equal((await api.call('GET', '/superuser/organizations/?limit=101', { as: 'root' })).status, 400);

  const rename = (name: unknown) =>
    api.call('PUT', '/superuser/organizations/acme', { as: 'root', body: { name } });
  for (const name of ['initech', 'hugo', 'No Name', 7])
    assert.equal((await rename(name)).status, 400, `${name}`);
  const renamed = await rename('acme2');
  assert.deepEqual(withoutAvatar(renamed.json), { name: 'acme2', email: 'office@example.org' });
  assert.deepEqual(await lastLogs(api, 1), [
    { kind: 'org_change_name', metadata: { old_name: 'acme', new_name: 'acme2', superuser: 'root' } },
  ]);
  assert.equal((await api.call('DELETE', '/superuser/organizations/acme2', { as: 'root' })).status, 204);
  assert.deepEqual(await lastLogs(api, 1), [{ kind: 'org_delete', metadata: { namespace: 'acme2' } }]);
  assert.deepEqual(
    (await list()).organizations.map(({ name }: { name: string }) => name),
    ['initech'],
  );
});

test('ownership is taken of organizations and of people', async (t) => {
  const api = await openWithPeople(t);
  const { read } = api.services.database;
  const hugo = await findAccountByName(read, 'hugo');
  const acme = await createOrganization(api.services, { name: 'acme', ownerId: hugo?.id ?? 0 });
  await createTeam(api.services, { organizationId: acme.id, name: 'readers', role: 'member' });
  const take = (name: string) => api.call('POST', `/superuser/takeownership/${name}`, { as: 'root' });
  const members = async (organizationId: number, name: string) => {
    const team = (await listTeams(read, organizationId)).find((found) => found.name === name);
    return (await listTeamMembers(read, team?.id ?? 0)).map((member) => member.name);
  };
  for (let time = 0; time < 2; time += 1) {
    const taken = await take('acme');
    assert.deepEqual([taken.status, taken.json], [200, { namespace: 'acme' }]);
    assert.deepEqual(await members(acme.id, 'owners'), ['hugo', 'root']);
  }
  assert.deepEqual(await lastLogs(api, 1), [
    {
      kind: 'take_ownership',
      metadata: { entity_id: acme.id, namespace: 'acme', was_user: false, superuser: 'root' },
    },
  ]);
  assert.equal((await take('hugo')).status, 200);
  const converted = await findAccountByName(read, 'hugo');
  assert.equal(converted?.kind, 'organization');
  assert.deepEqual(await members(converted?.id ?? 0, 'owners'), ['root']);
  assert.deepEqual(
    (await lastLogs(api, 2)).map(({ kind }) => kind),
    ['take_ownership', 'account_convert'],
  );
  for (const name of ['deputy', 'root']) assert.equal((await take(name)).status, 400, name);
});

test('a recovery mail is sent to a person with an address', async (t) => {
  const sink = await startSmtpSink();
  t.after(() => sink.close());
  const api = await openWithPeople(t, {
    FEATURE_MAILING: true,
    MAIL_SERVER: '127.0.0.1',
    MAIL_PORT: sink.port,
    MAIL_USE_TLS: false,
  });
  const send = (name: string) => api.call('POST', `/superusers/users/${name}/sendrecovery`, { as: 'root' });
  const sent = await send('hugo');
  assert.deepEqual([sent.status, sent.json], [200, { email: 'hugo@example.com' }]);
  await deliverAccountMails(api.services);
  assert.equal(sink.mails.length, 1);
  for (const [name, status] of [
    ['deputy', 400],
    ['nobody', 404],
  ] as const) {
    assert.equal((await send(name)).status, status, name);
  }
  const made = await api.call('POST', '/superuser/users/', {
    as: 'root',
    body: { username: 'ida', email: 'ida@example.com' },
  });
  assert.equal(made.status, 200, made.text);
  await deliverAccountMails(api.services);
  assert.equal(sink.mails.length, 2);
  assert.equal((await api.call('GET', '/superuser/users/ida', { as: 'root' })).json.verified, false);
  await sink.close();
  const late = { username: 'jo', email: 'jo@example.com' };
  const unsent = await api.call('POST', '/superuser/users/', { as: 'root', body: late });
  assert.deepEqual([unsent.status, typeof unsent.json.password], [200, 'string']);
});

test('all app tokens, for those who may see everything', async (t) => {
  const api = await openWithPeople(t, {
    FEATURE_SUPERUSERS_FULL_ACCESS: true,
    APP_SPECIFIC_TOKEN_EXPIRATION: '10d',
  });
  const [hugo, root] = [
    await findAccountByName(api.services.database.read, 'hugo'),
    await findAccountByName(api.services.database.read, 'root'),
  ];
  await createAppToken(api.services, { accountId: hugo?.id ?? 0, title: 'laptop' });
  api.clock.advanceMs(9.5 * 24 * 3600 * 1000);
  await createAppToken(api.services, { accountId: root?.id ?? 0, title: 'ci' });
  const bearer = await api.tokenOf('root', ['super:user']);
  const list = async (query: string) => {
    const { json } = await api.call('GET', `/superuser/apptokens${query}`, { bearer });
    return [json.only_expiring, json.tokens.map(({ title }: { title: string }) => title)];
  };
  assert.deepEqual(await list(''), [false, ['ci', 'laptop']]);
  assert.deepEqual(await list('?expiring=true'), [true, ['laptop']]);
  const { json } = await api.call('GET', '/superuser/apptokens', { bearer });
  assert.deepEqual(Object.keys(json.tokens[0]).sort(), [
    'created',
    'expiration',
    'last_accessed',
    'title',
    'uuid',
  ]);
  const plain = await openWithPeople(t);
  assert.equal((await plain.call('GET', '/superuser/apptokens', { as: 'root' })).status, 403);
});
