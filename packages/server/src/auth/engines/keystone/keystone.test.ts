import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import type { AuthEngine, DirectoryPerson } from '#/auth/engines/define-auth-engine.ts';
import { openAuthEngine } from '#/auth/engines/open-auth-engine.ts';
import { openDatabase } from '#/db/open-database.ts';
import { manualClock } from '#/platform/clock.ts';
import { createOutboundHttp } from '#/platform/outbound-http.ts';
import { type Keystone, keystoneEngineConfig, needsKeystone, sharedKeystone } from '#/testing/keystone.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { createTestServices } from '#/testing/services.ts';
import { checkKeystone } from './check-keystone.ts';
import { createKeystoneClient } from './keystone-client.ts';
import { keystoneConfig } from './keystone-config.ts';
import { listGroupMembers } from './keystone-directory.ts';

const outbound = createOutboundHttp({ allowedHosts: [], blockedHosts: [], allowPrivateAddresses: false });

/** Nothing here signs anybody in, so that nothing asks the database. */
async function openEngine(config: object): Promise<AuthEngine> {
  const database = await openDatabase({ uri: `sqlite:///${join(scratchDirectory(), 'empty.db')}` });
  after(() => database.close());
  return openAuthEngine(createTestServices({ database, outbound }), 'keystone', config);
}

async function membersOf(engine: AuthEngine, group: Readonly<Record<string, unknown>>) {
  const found: DirectoryPerson[] = [];
  for await (const page of engine.groups?.listMembers(group) ?? []) found.push(...page);
  return found.toSorted((a, b) => a.username.localeCompare(b.username));
}

describe('Keystone itself', needsKeystone(), () => {
  test('people are sought by the beginning of their names, from three letters on', async () => {
    const keystone = await sharedKeystone();
    await keystone.addUser({ name: 'carla', email: 'carla@example.com' });
    await keystone.addUser({ name: 'carlo' });
    const elsewhere = (await keystone.call('POST', '/domains', { domain: { name: 'elsewhere' } })) as {
      readonly domain: { readonly id: string };
    };
    await keystone.addUser({ name: 'carlotta', domain: elsewhere.domain.id });
    const engine = await openEngine(keystoneEngineConfig(keystone));
    const find = (prefix: string, limit = 10) => engine.people?.findPeople(prefix, limit);
    assert.deepEqual([...((await find('carl')) ?? [])].map(({ username }) => username).toSorted(), [
      'carla',
      'carlo',
    ]);
    assert.equal((await find('carl', 1))?.length, 1);
    assert.deepEqual(await find('ca'), []);
    assert.deepEqual(await find('%%%'), []);
    assert.deepEqual(await engine.people?.findPerson('carla'), {
      username: 'carla',
      email: 'carla@example.com',
    });
    assert.equal(await engine.people?.findPerson('carlotta'), undefined);
    assert.equal(await engine.people?.findPerson('ca&domain_id=x'), undefined);
  });

  test('groups have the people of the domain who are enabled; what is no group is told from an outage', async () => {
    const keystone = await sharedKeystone();
    const group = await keystone.addGroup('developers');
    const elsewhere = (await keystone.call('POST', '/domains', { domain: { name: 'abroad' } })) as {
      readonly domain: { readonly id: string };
    };
    const ids = [
      await keystone.addUser({ name: 'diana', email: 'diana@example.com' }),
      await keystone.addUser({ name: 'dieter' }),
      await keystone.addUser({ name: 'dora' }),
      // The same name in another domain must not become the same person here.
      await keystone.addUser({ name: 'admin', domain: elsewhere.domain.id }),
    ];
    for (const id of ids) await keystone.addMember(group, id);
    await keystone.call('PATCH', `/users/${ids[2]}`, { user: { enabled: false } });
    const engine = await openEngine(keystoneEngineConfig(keystone));
    assert.deepEqual(await membersOf(engine, { group_id: group }), [
      { username: 'diana', email: 'diana@example.com' },
      { username: 'dieter', email: undefined },
    ]);
    assert.equal(await engine.groups?.findGroupFault({ group_id: group }), undefined);
    for (const bad of ['nothing', '../users', '', 5, undefined]) {
      assert.match((await engine.groups?.findGroupFault({ group_id: bad })) ?? '', /group_id|no group/);
      await assert.rejects(membersOf(engine, { group_id: bad }), { code: 'not_found' });
    }
    await keystone.halt();
    await assert.rejects(membersOf(engine, { group_id: group }), { code: 'directory_unavailable' });
    await assert.rejects(engine.groups?.findGroupFault({ group_id: group }) ?? Promise.resolve(), {
      code: 'directory_unavailable',
    });
    await keystone.resume();
  });

  test('the administrator logs in once, and again when the token is over or revoked', async () => {
    const keystone = await sharedKeystone();
    const clock = manualClock(Date.now());
    const config = keystoneConfig.parse(keystoneEngineConfig(keystone));
    const client = createKeystoneClient(config, { outbound, clock });
    const before = keystone.countAdminLogIns();
    const ask = () => client.readAsAdmin('/domains/default');
    await Promise.all([ask(), ask(), ask()]);
    await ask();
    assert.equal(keystone.countAdminLogIns() - before, 1);
    clock.advanceMs(24 * 3_600_000);
    await Promise.all([ask(), ask()]);
    assert.equal(keystone.countAdminLogIns() - before, 2);
  });

  test('a configuration is checked in order', async () => {
    const keystone = await sharedKeystone();
    await keystone.addUser({ name: 'erika', password: 'correct-horse' });
    const services = { outbound, clock: manualClock(Date.now()) };
    const erika = { username: 'erika', password: 'correct-horse' };
    const check = (changes: object, superuser?: typeof erika) =>
      checkKeystone(keystoneEngineConfig(keystone, changes), services, superuser);
    const nothing = { url: '', adminUsername: '', adminPassword: '', adminTenant: '', version: 2 };
    const order = ['url', 'adminUsername', 'adminPassword', 'adminTenant'] as const;
    const names = ['AUTH_URL', 'ADMIN_USERNAME', 'ADMIN_PASSWORD', 'ADMIN_TENANT'];
    const given: Record<string, unknown> = { ...nothing };
    for (const [index, name] of order.entries()) {
      assert.match((await check(given)) ?? '', new RegExp(`^KEYSTONE_${names[index]} is missing`));
      given[name] = keystoneEngineConfig(keystone)[name];
    }
    assert.match((await check(given)) ?? '', /version 2 .*KEYSTONE_AUTH_VERSION: 3/);
    assert.match((await check({ url: 'http://127.0.0.1:1/v2.0/' })) ?? '', /version 2/);
    assert.equal(await check({ version: '3' }), undefined);
    assert.equal(await check({ url: keystone.url.replace(/\/v3$/, '/') }, erika), undefined);
    assert.match((await check({ adminPassword: 'wrong' }, erika)) ?? '', /^Keystone refuses KEYSTONE_ADMIN/);
    assert.match((await check({ adminTenant: 'nothing' })) ?? '', /^Keystone refuses KEYSTONE_ADMIN/);
    assert.match((await check({ url: `${keystone.url}/x` })) ?? '', /KEYSTONE_AUTH_URL must end in \/v3/);
    assert.equal(
      await check({}, { ...erika, password: 'wrong' }),
      'Verification of superuser erika failed: Invalid username or password',
    );
    assert.equal(
      await check({ emailRequired: true }, erika),
      'Verification of superuser erika failed: Missing email field for user erika',
    );
    await keystone.halt();
    assert.match((await check({})) ?? '', /could not be reached/);
    await keystone.resume();
  });
});

test('version 2 of the API does not even start', async () => {
  const config = {
    version: 2,
    url: 'http://127.0.0.1:1/v2.0',
    adminUsername: 'a',
    adminPassword: 'b',
    adminTenant: 'c',
    timeoutSeconds: 1,
    emailRequired: false,
  };
  await assert.rejects(openEngine(config), /KEYSTONE_AUTH_VERSION: 3/);
});

/** Answers that the real one gives with other settings only. */
async function answerWith(t: TestContext, answer: object, status = 200): Promise<Keystone['url']> {
  const server = createServer((request, response) => {
    const isToken = request.url?.endsWith('/auth/tokens') === true;
    const token = { user: { id: '1', name: 'admin' }, expires_at: '2099-01-01T00:00:00.000000Z' };
    response.writeHead(isToken ? 201 : status, { 'x-subject-token': 't', location: 'http://127.0.0.1:1/' });
    response.end(JSON.stringify(isToken ? { token } : answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v3`;
}

for (const [title, answer, status, says] of [
  ['a list that was cut off', { users: [], truncated: true }, 200, /list_limit/],
  ['a list with more pages', { users: [], links: { next: 'http://a/?marker=1' } }, 200, /list_limit/],
  ['a redirect to another host', { users: [] }, 307, /answers 307/],
  ['another shape', { members: [] }, 200, /users/],
] as const) {
  test(`${title} is no group`, async (t) => {
    const url = await answerWith(t, answer, status);
    const config = keystoneConfig.parse({
      version: 3,
      url,
      adminUsername: 'a',
      adminPassword: 'b',
      adminTenant: 'c',
      timeoutSeconds: 1,
      emailRequired: false,
    });
    const client = createKeystoneClient(config, { outbound, clock: manualClock(Date.now()) });
    await assert.rejects(listGroupMembers(client, '1'), says);
  });
}
