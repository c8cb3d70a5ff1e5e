import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { afterEach, describe, test } from 'node:test';
import { openServices } from '#/compose/open-services.ts';
import { createUser, findAccountByName, setAccountEnabled } from '#/domain/namespaces/index.ts';
import { createAppToken, createOauthApplication, createOauthToken } from '#/domain/tokens/index.ts';
import { eachDatabaseUri } from '#/testing/databases.ts';
import { eventually } from '#/testing/eventually.ts';
import { startTestRds } from '#/testing/rds.ts';
import { initializeServer, type ServerProcess, startServer } from '#/testing/server-process.ts';
import { startTcpRelay } from '#/testing/tcp-relay.ts';

const secret = 'somesecrethere/with a slash';
const publicKeys = ['is_testing', 'services'];
const detailKeys = [
  ...['config_provider', 'hostname', 'is_testing', 'local_service_key_id'],
  ...['notes', 'services', 'services_expanded'],
];

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(configuration: Readonly<Record<string, unknown>>): Promise<ServerProcess> {
  const server = await startServer({ configuration });
  cleanups.push(() => server.dispose());
  return server;
}

interface HealthAnswer {
  readonly status: number;
  readonly keys: readonly string[];
  readonly data: {
    readonly services: Readonly<Record<string, boolean>>;
    readonly services_expanded?: Readonly<Record<string, { status: boolean; failure?: string }>>;
    readonly notes?: readonly string[];
    readonly hostname?: string;
    readonly local_service_key_id?: string;
  };
}

async function ask(
  server: ServerProcess,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<HealthAnswer> {
  const answer = await fetch(server.url + path, { headers });
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  const { data, status_code } = (await answer.json()) as { data: HealthAnswer['data']; status_code: number };
  assert.equal(status_code, answer.status);
  return { status: answer.status, keys: Object.keys(data).sort(), data };
}

async function openSession(server: ServerProcess): Promise<string> {
  const answer = await fetch(`${server.url}/health/enabledebug/${encodeURIComponent(secret)}`);
  assert.equal(answer.status, 200);
  assert.equal(await answer.text(), 'Health check debug information enabled');
  return (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
}

const basic = (name: string, password: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});

describe('detail of health', () => {
  const paths = ['/health', '/health/instance', '/health/endtoend', '/status', '/health/warning'];

  test('is for superusers, whatever they log in with, and for nobody else', async () => {
    const server = await start({ SUPER_USERS: ['admin'] });
    const { access_token: token } = await initializeServer(server);
    const { services, close } = await openServices({
      dataDirectory: server.dataDirectory,
      configDirectory: `${server.dataDirectory}/test-config`,
    });
    cleanups.push(close);
    const admin = await findAccountByName(services.database.read, 'admin');
    assert.ok(admin !== undefined);
    await createUser(services, { name: 'alice', password: 'password1' });
    const former = await createUser(services, { name: 'former', password: 'password1', superuser: true });
    await setAccountEnabled(services, { accountId: former.id, enabled: false });
    const appToken = await createAppToken(services, { accountId: admin.id, title: 'laptop' });
    const application = await createOauthApplication(services, { ownerId: admin.id, name: 'monitor' });
    const narrow = await createOauthToken(services, {
      application,
      accountId: admin.id,
      scopes: ['repo:read'],
    });

    const callers: [string, Record<string, string>, boolean][] = [
      ['nobody', {}, false],
      ['a superuser', basic('admin', 'password1'), true],
      ['a token with every scope', { authorization: `Bearer ${token}` }, true],
      ['the same as a password', basic('$oauthtoken', token), true],
      ['a wrong password', basic('admin', 'password2'), false],
      ['a person', basic('alice', 'password1'), false],
      ['a disabled superuser', basic('former', 'password1'), false],
      ['a token for clients of the registry', basic('$app', appToken.token), false],
      ['a token without the scope', { authorization: `Bearer ${narrow.token}` }, false],
      ['nonsense', { authorization: 'Negotiate x' }, false],
      ['a cookie of nobody', { cookie: 'wharf_health_debug=99999999999999.AAAA' }, false],
    ];
    for (const [who, headers, seesDetail] of callers) {
      const answer = await ask(server, '/health/endtoend', headers);
      assert.equal(answer.status, 200, who);
      assert.deepEqual(answer.keys, seesDetail ? detailKeys : publicKeys, who);
    }
    for (const path of paths) {
      const { data } = await ask(server, path, basic('admin', 'password1'));
      assert.equal(data.hostname, hostname());
      assert.match(data.local_service_key_id ?? '', /^[0-9a-f]{64}$/);
      assert.deepEqual(data.notes, []);
      const statuses = Object.entries(data.services_expanded ?? {}).map(([name, { status }]) => [
        name,
        status,
      ]);
      assert.deepEqual(Object.fromEntries(statuses), data.services, path);
    }
  });

  test('is for the session that knows the debug secret, which no log tells', async () => {
    const server = await start({ ENABLE_HEALTH_DEBUG_SECRET: secret, DISKSPACE_HEALTH_WARNING_THRESHOLD: 1 });
    for (const wrong of ['x', `${secret}x`, secret.slice(0, -1), '%', 'null', 'undefined']) {
      const answer = await fetch(`${server.url}/health/enabledebug/${encodeURIComponent(wrong)}`);
      assert.equal(answer.status, 404, wrong);
      assert.equal(answer.headers.get('set-cookie'), null);
    }
    const cookie = await openSession(server);
    assert.deepEqual((await ask(server, '/health/instance')).keys, publicKeys);
    assert.deepEqual((await ask(server, '/health/instance', { cookie })).keys, detailKeys);
    const warning = await ask(server, '/health/warning', { cookie });
    assert.equal(warning.status, 503);
    assert.match(warning.data.services_expanded?.disk_space_warning?.failure ?? '', /% of .* is free/);
    assert.doesNotMatch(server.output(), /somesecrethere/);
  });

  test('no debug secret: nothing opens', async () => {
    const server = await start({});
    for (const guess of ['', 'null', 'undefined', 'none']) {
      assert.equal((await fetch(`${server.url}/health/enabledebug/${guess}`)).status, 404, guess);
    }
  });
});

eachDatabaseUri('a database of RDS out of reach', (create, dialect) => {
  if (dialect === 'sqlite') return;

  test('takes no instance down while RDS itself is not available', async () => {
    const rds = await startTestRds();
    cleanups.push(() => rds.stop());
    rds.answer({ states: { wharf: 'rebooting' } });
    const uri = new URL(await create());
    const relay = await startTcpRelay(Number(uri.port));
    cleanups.push(() => relay.close());
    uri.port = String(relay.port);
    const parameters = { access_key: 'foo', secret_key: 'bar', db_instance: 'wharf', endpoint_url: rds.url };
    const server = await start({
      DB_URI: uri.href,
      HEALTH_CHECKER: ['ProductionHealthCheck', parameters],
      ENABLE_HEALTH_DEBUG_SECRET: secret,
    });
    const cookie = await openSession(server);
    assert.equal((await ask(server, '/health/instance')).status, 200);
    assert.equal(rds.asked(), 0, 'RDS is asked about failures only');

    relay.freeze();
    const failed = await eventually('the database check fails', 10_000, async () => {
      const answer = await ask(server, '/health/instance', { cookie });
      return answer.data.services.database === false ? answer : undefined;
    });
    assert.equal(failed.status, 200);
    assert.match(failed.data.notes?.join() ?? '', /RDS says "rebooting"/);
    assert.match(failed.data.services_expanded?.database?.failure ?? '', /\w/);
    assert.equal(failed.data.services.service_key, true, 'nobody can say anything against the key');
    assert.equal((await ask(server, '/health/endtoend')).status, 503, 'who monitors the whole is told');
  });
});
