import assert from 'node:assert/strict';
import { test } from 'node:test';
import { removeOldExports, runLogExports } from '#/domain/log-export/index.ts';
import { type LogKind, writeActionLog } from '#/domain/logs/index.ts';
import { createOrganization } from '#/domain/namespaces/index.ts';
import { createRepository } from '#/domain/repositories/index.ts';
import type { Mail } from '#/platform/mailer.ts';
import { openApi, personPassword } from '#/testing/api-fixture.ts';

const dayMs = 24 * 3600 * 1000;
const nowMs = Date.UTC(2026, 0, 15, 12);

async function setUp(t: Parameters<typeof openApi>[0], configuration: Record<string, unknown> = {}) {
  // The sessions of the test are not what is looked for.
  const quiet = { ACTION_LOG_AUDIT_LOGINS: false, ...configuration };
  const api = await openApi(t, { configuration: quiet, startMs: nowMs });
  const { services } = api;
  const olga = await api.createPerson('olga', { email: 'olga@example.com' });
  const mike = await api.createPerson('mike');
  await api.createPerson('sue', { superuser: true });
  const acme = await createOrganization(services, { name: 'acme', ownerId: olga.id });
  const repository = await createRepository(services, {
    namespaceId: acme.id,
    name: 'app',
    visibility: 'public',
    creator: undefined,
  });
  await services.database.transaction((db) => db.deleteFrom('action_logs').execute());
  const log = (
    note: string,
    more: { account?: number | null; performer?: number; kind?: LogKind; atMs?: number } = {},
  ) =>
    services.database.transaction((db) =>
      writeActionLog(services, db, {
        kind: more.kind ?? 'push_repo',
        accountId: more.account === undefined ? acme.id : more.account,
        performerId: more.performer ?? olga.id,
        repositoryId: note.startsWith('repo') ? repository.id : null,
        ip: '192.0.2.7',
        createdMs: more.atMs ?? nowMs,
        metadata: { note },
      }),
    );
  const notes = async (path: string, as: string): Promise<string> => {
    const answer = await api.call('GET', path, { as });
    assert.equal(answer.status, 200, answer.text);
    return answer.json.logs.map((entry: { metadata: { note: string } }) => entry.metadata.note).join(' ');
  };
  return { ...api, olga, mike, acme, repository, log, notes };
}

test('an entry has every key that clients read, and no more', async (t) => {
  const { call, log } = await setUp(t);
  await log('repo-one');
  const { json } = await call('GET', '/repository/acme/app/logs', { as: 'olga' });
  assert.deepEqual(Object.keys(json), ['start_time', 'end_time', 'logs']);
  assert.equal(json.start_time, 'Wed, 14 Jan 2026 00:00:00 -0000');
  assert.equal(json.end_time, 'Fri, 16 Jan 2026 00:00:00 -0000');
  const [entry] = json.logs;
  const { avatar, ...performer } = entry.performer;
  assert.deepEqual(performer, { name: 'olga', kind: 'user', is_robot: false });
  assert.deepEqual(Object.keys(avatar), ['name', 'hash', 'color', 'kind']);
  assert.deepEqual(
    { ...entry, performer: undefined },
    {
      kind: 'push_repo',
      metadata: { note: 'repo-one' },
      ip: '192.0.2.7',
      datetime: 'Thu, 15 Jan 2026 12:00:00 -0000',
      performer: undefined,
    },
  );
  const all = await call('GET', '/superuser/logs', { as: 'sue' });
  const { kind, name, avatar: badge } = all.json.logs[0].namespace;
  assert.deepEqual([kind, name, badge.kind], ['org', 'acme', 'org']);
});

test('each list shows its own scope', async (t) => {
  const { log, notes, olga, mike } = await setUp(t);
  await log('repo-one');
  await log('organization', { performer: mike.id });
  await log('own', { account: olga.id });
  await log('key', { account: olga.id, kind: 'service_key_create' });
  assert.equal(await notes('/repository/acme/app/logs', 'olga'), 'repo-one');
  assert.equal(await notes('/organization/acme/logs', 'olga'), 'organization repo-one');
  assert.equal(await notes('/organization/acme/logs?performer=mike', 'olga'), 'organization');
  assert.equal(await notes('/user/logs', 'olga'), 'own');
  assert.equal(await notes('/user/logs', 'mike'), '');
  assert.equal(await notes('/superuser/logs', 'sue'), 'key own organization repo-one');
});

test('twenty a page, by token; a foreign or broken token gives the first page', async (t) => {
  const { call, log } = await setUp(t);
  for (let index = 0; index < 45; index += 1) await log(`repo${index}`, { atMs: nowMs + (index % 7) });
  const seen: string[] = [];
  let path = '/organization/acme/logs';
  let pages = 0;
  for (let next: string | undefined = ''; next !== undefined; pages += 1) {
    const { json } = await call('GET', path, { as: 'olga' });
    seen.push(...json.logs.map((entry: { metadata: { note: string } }) => entry.metadata.note));
    next = json.next_page;
    path = `/organization/acme/logs?next_page=${next}`;
  }
  assert.equal(pages, 3);
  assert.equal(new Set(seen).size, 45);
  const first = await call('GET', '/organization/acme/logs', { as: 'olga' });
  for (const token of ['', 'nonsense', first.json.next_page]) {
    const other = await call('GET', `/repository/acme/app/logs?next_page=${token}`, { as: 'olga' });
    assert.equal(other.json.logs.length, 20);
    assert.deepEqual(other.json.logs[0], first.json.logs[0]);
  }
});

test('ACTION_LOG_MAX_PAGE ends the list', async (t) => {
  const { call, log } = await setUp(t, { ACTION_LOG_MAX_PAGE: 2 });
  for (let index = 0; index < 45; index += 1) await log(`n${index}`);
  const first = await call('GET', '/organization/acme/logs', { as: 'olga' });
  const url = `/organization/acme/logs?next_page=${first.json.next_page}`;
  const second = await call('GET', url, { as: 'olga' });
  assert.deepEqual([second.json.logs.length, second.json.next_page], [20, undefined]);
});

test('periods', async (t) => {
  const { call, log, notes } = await setUp(t);
  await log('first', { atMs: Date.UTC(2026, 0, 10) });
  await log('last', { atMs: Date.UTC(2026, 0, 11) - 1 });
  await log('after', { atMs: Date.UTC(2026, 0, 11) });
  const table: readonly (readonly [string, string | number])[] = [
    ['starttime=01/10/2026&endtime=01/10/2026', 'last first'],
    ['starttime=1/10/2026&endtime=1/11/2026', 'after last first'],
    ['starttime=01/10/2026', 'after last first'],
    ['endtime=01/11/2026', 400],
    ['starttime=02/30/2026&endtime=nonsense', ''],
    ['starttime=01/12/2026&endtime=01/11/2026', 400],
    ['performer=nobody', 400],
    ['performer=&starttime=01/10/2026', 'after last first'],
  ];
  for (const [query, expected] of table) {
    const path = `/organization/acme/logs?${query}`;
    if (expected === 400) assert.equal((await call('GET', path, { as: 'olga' })).status, 400, query);
    else assert.equal(await notes(path, 'olga'), expected, query);
  }
});

test('counts by kind and day', async (t) => {
  const { call, log } = await setUp(t);
  await log('repo-one');
  await log('repo-two');
  await log('three', { kind: 'create_repo', atMs: nowMs - dayMs });
  const { json } = await call('GET', '/organization/acme/aggregatelogs', { as: 'olga' });
  assert.deepEqual(json, {
    aggregated: [
      { kind: 'create_repo', count: 1, datetime: 'Wed, 14 Jan 2026 00:00:00 -0000' },
      { kind: 'push_repo', count: 2, datetime: 'Thu, 15 Jan 2026 00:00:00 -0000' },
    ],
  });
  const repository = await call('GET', '/repository/acme/app/aggregatelogs', { as: 'olga' });
  assert.deepEqual(
    repository.json.aggregated.map(({ count }: { count: number }) => count),
    [2],
  );
  assert.equal((await call('GET', '/superuser/aggregatelogs', { as: 'sue' })).json.aggregated.length, 2);
  assert.deepEqual((await call('GET', '/user/aggregatelogs', { as: 'olga' })).json, { aggregated: [] });
  const long = '/organization/acme/aggregatelogs?starttime=10/01/2025';
  assert.equal((await call('GET', long, { as: 'olga' })).status, 400);
});

test('who may read which log', async (t) => {
  const { call, tokenOf } = await setUp(t);
  const orgToken = await tokenOf('olga', ['org:admin']);
  const repoToken = await tokenOf('olga', ['repo:admin']);
  const userToken = await tokenOf('olga', ['user:admin']);
  const superToken = await tokenOf('sue', ['super:user']);
  const table: readonly (readonly [string, { as?: string; bearer?: string }, number])[] = [
    ['/repository/acme/app/logs', {}, 401],
    ['/repository/acme/app/logs', { as: 'mike' }, 403],
    ['/repository/acme/app/logs', { as: 'sue' }, 403],
    ['/repository/acme/app/logs', { bearer: orgToken }, 403],
    ['/repository/acme/app/logs', { bearer: repoToken }, 200],
    ['/repository/acme/missing/logs', { as: 'olga' }, 404],
    ['/repository/acme/app/aggregatelogs', { as: 'mike' }, 403],
    ['/organization/acme/logs', {}, 401],
    ['/organization/acme/logs', { as: 'mike' }, 403],
    ['/organization/acme/logs', { bearer: repoToken }, 403],
    ['/organization/acme/logs', { bearer: orgToken }, 200],
    ['/organization/acme/aggregatelogs', { as: 'mike' }, 403],
    ['/organization/mike/logs', { as: 'mike' }, 403],
    ['/user/logs', {}, 401],
    ['/user/logs', { bearer: orgToken }, 403],
    ['/user/logs', { bearer: userToken }, 200],
    ['/user/aggregatelogs', {}, 401],
    ['/superuser/logs', {}, 401],
    ['/superuser/logs', { as: 'olga' }, 403],
    ['/superuser/logs', { bearer: superToken }, 200],
    ['/superuser/aggregatelogs', { as: 'olga' }, 403],
    ['/superuser/aggregatelogs', { bearer: superToken }, 200],
  ];
  for (const [path, who, status] of table) {
    assert.equal((await call('GET', path, who)).status, status, `${path} ${JSON.stringify(who)}`);
  }
});

test('gates', async (t) => {
  const { call } = await setUp(t, {
    FEATURE_AGGREGATED_LOG_COUNT_RETRIEVAL: false,
    FEATURE_SUPER_USERS: false,
  });
  for (const path of [
    '/organization/acme/aggregatelogs',
    '/repository/acme/app/aggregatelogs',
    '/user/aggregatelogs',
    '/superuser/logs',
    '/superuser/aggregatelogs',
  ]) {
    assert.equal((await call('GET', path, { as: 'olga' })).status, 404, path);
  }
});

test('an export by its link, with its audit row', async (t) => {
  const { call, log, services, url, notes, clock } = await setUp(t);
  await log('repo-one');
  await log('two');
  const asked = await call('POST', '/repository/acme/app/exportlogs', {
    as: 'olga',
    body: { callback_email: 'olga@example.com' },
  });
  assert.deepEqual([asked.status, Object.keys(asked.json)], [200, ['export_id']]);
  const mails: Mail[] = [];
  const mailer = { send: async (mail: Mail) => void mails.push(mail) };
  assert.equal(await runLogExports({ ...services, mailer }), 1);
  const [link = ''] = /http\S+/.exec(mails[0]?.text ?? '') ?? [];
  assert.ok(link.startsWith(`${url}/exportedlogs/${asked.json.export_id}-`), link);
  const file = await call('GET', `/${new URL(link).pathname}`);
  assert.equal(file.headers['content-type'], 'application/json');
  assert.equal(file.headers['content-disposition'], 'attachment; filename="logs.json"');
  assert.deepEqual(
    file.json.logs.map((entry: { metadata?: { note: string } }) => entry.metadata?.note),
    ['repo-one', undefined],
  );
  assert.equal(await notes('/repository/acme/app/logs', 'olga'), ' repo-one');
  for (const path of [
    '//exportedlogs/nothing',
    '//exportedlogs/..%2fstorage',
    `/${new URL(link).pathname}0`,
  ]) {
    assert.equal((await call('GET', path)).status, 404, path);
  }
  clock.advanceMs(3 * 3600 * 1000);
  assert.equal(await removeOldExports(services), 1);
  assert.equal((await call('GET', `/${new URL(link).pathname}`)).status, 404);
});

test('a log-in at the registry is in the log of its person', async (t) => {
  const { call } = await setUp(t, { ACTION_LOG_AUDIT_LOGINS: true });
  const login = Buffer.from(`mike:${personPassword}`).toString('base64');
  const headers = { authorization: `Basic ${login}`, 'user-agent': 'docker/28' };
  assert.equal((await call('GET', '//v2/auth?service=registry', { headers, bearer: '' })).status, 200);
  const { json } = await call('GET', '/user/logs', { as: 'mike' });
  const [{ kind, metadata, performer }] = json.logs.filter(
    (entry: { metadata: { type: string } }) => entry.metadata.type === 'v2auth',
  );
  assert.deepEqual(
    [kind, performer.name, metadata],
    ['login_success', 'mike', { username: 'mike', type: 'v2auth', useragent: 'docker/28', kind: 'user' }],
  );
});

test('who may export, and what', async (t) => {
  const { call, tokenOf } = await setUp(t, { GLOBAL_READONLY_SUPER_USERS: ['mike'] });
  const orgToken = await tokenOf('olga', ['org:admin']);
  const mail = { callback_email: 'a@example.com' };
  const table: readonly (readonly [string, { as?: string; bearer?: string }, unknown, number])[] = [
    ['/organization/acme/exportlogs', {}, mail, 401],
    ['/organization/acme/exportlogs', { as: 'sue' }, mail, 403],
    ['/organization/acme/exportlogs', { as: 'mike' }, mail, 200],
    ['/organization/missing/exportlogs', { as: 'mike' }, mail, 403],
    ['/organization/acme/exportlogs', { bearer: orgToken }, mail, 200],
    ['/organization/acme/exportlogs', { as: 'olga' }, { callback_url: 'https://hooks.example/a' }, 200],
    ['/repository/acme/app/exportlogs', {}, mail, 401],
    ['/repository/acme/app/exportlogs', { as: 'mike' }, mail, 403],
    ['/repository/acme/missing/exportlogs', { as: 'olga' }, mail, 404],
    ['/user/exportlogs', {}, mail, 401],
    ['/user/exportlogs', { as: 'sue' }, mail, 200],
    ['/user/exportlogs', { as: 'sue' }, {}, 400],
    ['/user/exportlogs', { as: 'sue' }, { callback_url: 'file:///etc/passwd' }, 400],
    ['/user/exportlogs', { as: 'sue' }, { callback_url: 'http://127.0.0.1:1/' }, 400],
    ['/user/exportlogs', { as: 'sue' }, { callback_email: 'nobody' }, 400],
    ['/user/exportlogs?starttime=01/12/2026&endtime=01/11/2026', { as: 'sue' }, mail, 400],
  ];
  for (const [path, who, body, status] of table) {
    const answer = await call('POST', path, { ...who, body });
    assert.equal(answer.status, status, `${path} ${JSON.stringify([who, body])}: ${answer.text}`);
  }
  const off = await setUp(t, { FEATURE_LOG_EXPORT: false });
  assert.equal((await off.call('POST', '/user/exportlogs', { as: 'olga', body: mail })).status, 404);
});
