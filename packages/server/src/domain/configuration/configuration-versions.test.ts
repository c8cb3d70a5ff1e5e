import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';
import {
  cleanConfiguration,
  findLatestConfiguration,
  getConfigurationVersion,
  isKnownConfiguration,
  keptVersions,
  listConfigurationNodes,
  listConfigurationVersions,
  reportConfigurationNode,
  saveConfigurationVersion,
} from './index.ts';

const digest = 'a'.repeat(64);

function input(base: number) {
  return {
    content: { source: 'MAIL_PASSWORD: hidden\n', files: { 'ssl.cert': 'AAAA' } },
    digest,
    source: 'api',
    author: 'root',
    note: 'a note',
    base,
    audit: { performer: undefined, accountId: null, changed: ['MAIL_PASSWORD'] },
  } as const;
}

eachDatabase('versions of the configuration', (open) => {
  test('are numbered, encrypted, and each made from the newest', async () => {
    const services = createTestServices({ database: await open() });
    const { read } = services.database;
    assert.equal(await findLatestConfiguration(read), undefined);
    assert.equal((await saveConfigurationVersion(services, input(0))).number, 1);
    await saveConfigurationVersion(services, input(1));
    await assert.rejects(saveConfigurationVersion(services, input(1)), {
      code: 'changed_meanwhile',
      message: /changed by root meanwhile: read version 2/,
    });
    const version = await getConfigurationVersion(services, 2);
    assert.deepEqual(version.content, input(0).content);
    assert.equal(await isKnownConfiguration(read, digest), true);
    assert.equal(await isKnownConfiguration(read, 'b'.repeat(64)), false);
    const rows = JSON.stringify(await read.selectFrom('configuration_versions').selectAll().execute());
    assert.doesNotMatch(rows, /hidden|AAAA/);
    const log = await read.selectFrom('action_logs').select(['metadata_json']).execute();
    assert.equal(log.length, 2);
    assert.doesNotMatch(JSON.stringify(log), /hidden|AAAA/);
    await assert.rejects(getConfigurationVersion(services, 3), { code: 'not_found' });
  });

  test('of two that are saved at once one is refused', async () => {
    const services = createTestServices({ database: await open() });
    const results = await Promise.allSettled(
      [1, 2, 3].map(() => saveConfigurationVersion(services, input(0))),
    );
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
  });

  test('old ones go, the list has pages', async () => {
    const services = createTestServices({ database: await open() });
    for (let base = 0; base < keptVersions + 3; base += 1)
      await saveConfigurationVersion(services, input(base));
    await cleanConfiguration(services);
    const all = await listConfigurationVersions(services.database.read, { before: undefined, limit: 500 });
    assert.equal(all.length, keptVersions);
    const page = await listConfigurationVersions(services.database.read, { before: 50, limit: 2 });
    assert.deepEqual(
      page.map(({ number }) => number),
      [49, 48],
    );
  });

  test('nodes report, and are forgotten', async () => {
    let nowMs = 1_000_000_000;
    const services = createTestServices({ database: await open(), clock: { nowMs: () => nowMs } });
    const node = { nodeId: 'n1', hostname: 'one', version: null, state: 'running', detail: '' } as const;
    await reportConfigurationNode(services, node);
    await reportConfigurationNode(services, {
      ...node,
      version: 3,
      state: 'refused',
      detail: 'x'.repeat(9999),
    });
    const [found, ...others] = await listConfigurationNodes(services);
    assert.deepEqual(others, []);
    assert.deepEqual([found?.version, found?.state, found?.detail.length], [3, 'refused', 2000]);
    nowMs += 11 * 60_000;
    assert.deepEqual(await listConfigurationNodes(services), []);
    nowMs += 24 * 3600 * 1000;
    await cleanConfiguration(services);
    assert.deepEqual(
      await services.database.read.selectFrom('configuration_nodes').selectAll().execute(),
      [],
    );
  });
});
