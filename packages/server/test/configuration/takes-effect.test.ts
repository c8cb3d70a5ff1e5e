import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { eventually } from '#/testing/eventually.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { fetchRegistryToken, initializeServer, startServer } from '#/testing/server-process.ts';
import { openPanel } from '#/testing/superuser-panel.ts';

const alice = { username: 'alice', password: 'password1' };

describe('changes of a running server', () => {
  const dataDirectory = join(scratchDirectory(), 'data');
  const directory = join(dataDirectory, 'test-config');

  test('those that need no restart count at once, the others after one', async (t) => {
    const server = await startServer({
      dataDirectory,
      configuration: { REGISTRY_TITLE: 'first', PROMETHEUS_NAMESPACE: 'before' },
    });
    t.after(() => server.dispose());
    await initializeServer(server);
    const panel = await openPanel(server);
    const made = await panel.call('POST', '/superuser/users/', { ...alice, email: 'alice@example.com' });
    assert.equal(made.status, 200, made.text);
    const reset = await panel.call('PUT', '/superuser/users/alice', { password: alice.password });
    assert.equal(reset.status, 200, reset.text);

    const change = async (keys: Readonly<Record<string, unknown>>) => {
      const { config } = (await panel.call('GET', '/superuser/config')).json;
      const saved = await panel.call('PUT', '/superuser/config', { config: { ...config, ...keys } });
      assert.equal(saved.status, 200, saved.text);
      return saved.json as { now: string[]; restart: string[] };
    };
    const get = (path: string, headers: Record<string, string> = {}) =>
      fetch(`${server.url}${path}`, { headers });
    const aboutOf = async () => (await (await get('/config')).json()) as { config: Record<string, unknown> };

    // Branding and URLs.
    const branding = await change({
      REGISTRY_TITLE: 'second',
      CONTACT_INFO: ['mailto:a@example.com'],
      SERVER_HOSTNAME: 'reg.example.com',
    });
    assert.deepEqual(branding.restart, []);
    for (const name of ['CONTACT_INFO', 'REGISTRY_TITLE', 'SERVER_HOSTNAME'])
      assert.ok(branding.now.includes(name), name);
    assert.equal((await aboutOf()).config.REGISTRY_TITLE, 'second');
    assert.deepEqual((await aboutOf()).config.CONTACT_INFO, ['mailto:a@example.com']);
    const challenge = (await get('/v2/')).headers.get('www-authenticate') ?? '';
    assert.match(challenge, /realm="http:\/\/reg\.example\.com\/v2\/auth"/);

    // Features: who may come in.
    assert.equal((await get('/api/v1/repository?public=true')).status, 200);
    await change({ FEATURE_ANONYMOUS_ACCESS: false });
    assert.equal((await get('/api/v1/repository?public=true')).status, 401);
    await change({ FEATURE_ANONYMOUS_ACCESS: true });
    assert.equal((await get('/api/v1/repository?public=true')).status, 200);

    // Superusers.
    const person = await openPanel(server, 'alice');
    assert.equal((await person.call('GET', '/superuser/users/')).status, 403);
    await change({ SUPER_USERS: ['alice'] });
    await eventually(
      'alice is a superuser',
      6_000,
      async () => (await person.call('GET', '/superuser/users/')).status === 200,
    );

    // Sizes and limits of the registry.
    await change({ V2_PAGINATION_SIZE: 7, MAXIMUM_LAYER_SIZE: '2M' });

    // Another engine checks passwords from now on.
    await fetchRegistryToken(server, alice, 'repository:alice/app:pull,push');
    await change({ AUTHENTICATION_TYPE: 'AppToken', FEATURE_DIRECT_LOGIN: false });
    await assert.rejects(fetchRegistryToken(server, alice, 'repository:alice/app:pull'), /401/);
    await change({ AUTHENTICATION_TYPE: 'Database', FEATURE_DIRECT_LOGIN: true });
    await fetchRegistryToken(server, alice, 'repository:alice/app:pull');

    // Limits of rates.
    await change({ FEATURE_RATE_LIMITS: true });
    const statuses = await Promise.all(Array.from({ length: 400 }, async () => (await get('/v2/')).status));
    assert.ok(statuses.includes(429));
    await change({ FEATURE_RATE_LIMITS: false });

    // Needs a restart: says so, runs as before, and counts afterwards.
    const later = await change({
      REGISTRY_STATE: 'readonly',
      PROMETHEUS_NAMESPACE: 'after',
      REGISTRY_TITLE: 'third',
    });
    assert.deepEqual(later.restart, ['PROMETHEUS_NAMESPACE', 'REGISTRY_STATE']);
    assert.deepEqual(later.now, ['REGISTRY_TITLE']);
    assert.match(await (await fetch(server.metricsUrl)).text(), /^before_/m);
    await fetchRegistryToken(server, alice, 'repository:alice/other:pull,push');
    const status = await (await get('/api/v1/superuser/registrystatus')).json();
    assert.deepEqual(status, { status: 'ready', provider_id: 'file', requires_restart: true });

    assert.equal((await panel.call('POST', '/superuser/shutdown')).status, 200);
    await eventually('the server stops', 15_000, async () => {
      return await get('/health').then(
        () => false,
        () => true,
      );
    });
    const again = await startServer({ dataDirectory, env: { QUAYCONFIG: directory } });
    t.after(() => again.dispose());
    assert.match(await (await fetch(again.metricsUrl)).text(), /^after_/m);
    const ready = await (await fetch(`${again.url}/api/v1/superuser/registrystatus`)).json();
    assert.deepEqual(ready, { status: 'ready', provider_id: 'file', requires_restart: false });
  });
});
