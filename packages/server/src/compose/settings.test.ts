import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiSettings, domainSettings, registrySettings } from '#/compose/settings.ts';
import { createMetrics } from '#/platform/metrics.ts';
import { openApi } from '#/testing/api-fixture.ts';
import { measureRows } from './measure-database.ts';

test('PAGE_TOKEN_KEY seals the tokens of pages in place of SECRET_KEY', async (t) => {
  const keysOf = async (configuration: Readonly<Record<string, unknown>>) => {
    const api = await openApi(t, { configuration });
    const keys = [apiSettings(api.configuration, undefined), registrySettings(api.configuration)];
    await api.close();
    return keys.map(({ pageTokenKey }) => pageTokenKey.toString('hex'));
  };
  const [first, second, own] = [
    await keysOf({ SECRET_KEY: '101', PAGE_TOKEN_KEY: 'key-of-pages' }),
    await keysOf({ SECRET_KEY: '102', PAGE_TOKEN_KEY: 'key-of-pages' }),
    await keysOf({ SECRET_KEY: '101' }),
  ];
  assert.deepEqual(first, second);
  assert.notDeepEqual(first, own);
});

for (const [configuration, isPrivate] of [
  [{}, true],
  [{ CREATE_REPOSITORY_ON_PUSH_PUBLIC: true }, false],
  [{ CREATE_REPOSITORY_ON_PUSH_PUBLIC: false }, true],
  [{ CREATE_REPOSITORY_ON_PUSH_PUBLIC: false, CREATE_PRIVATE_REPO_ON_PUSH: false }, false],
] as const) {
  test(`what a push creates is ${isPrivate ? 'private' : 'public'} with ${JSON.stringify(configuration)}`, async (t) => {
    const api = await openApi(t, { configuration });
    assert.equal(domainSettings(api.configuration).createPrivateRepositoryOnPush, isPrivate);
  });
}

test('HEALTH_CHECKER_INSTANCE_CHECK_PREFERRED_STORAGE adds the store to the instance check', async (t) => {
  for (const wanted of [true, false]) {
    const configuration = { HEALTH_CHECKER_INSTANCE_CHECK_PREFERRED_STORAGE: wanted };
    const api = await openApi(t, { configuration });
    const { status, json } = await api.call('GET', '//health/instance');
    assert.deepEqual([status, json.data.services.storage], [200, wanted ? true : undefined]);
    await api.close();
  }
});

test('GLOBAL_PROMETHEUS_STATS_FREQUENCY is the pause between two counts', async (t) => {
  const api = await openApi(t);
  const countedAgain = async (everyMs: number): Promise<boolean> => {
    const metrics = createMetrics('test');
    const worker = measureRows(metrics, { everyMs });
    const signal = new AbortController().signal;
    await worker.run(api.services, signal);
    metrics.rows.users.set(77);
    await worker.run(api.services, signal);
    return (await metrics.rows.users.get()).values[0]?.value !== 77;
  };
  assert.deepEqual([await countedAgain(0), await countedAgain(3_600_000)], [true, false]);
});
