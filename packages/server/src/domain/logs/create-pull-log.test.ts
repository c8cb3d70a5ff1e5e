import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Database, DatabaseUnavailableError } from '#/db/database.ts';
import { createPullLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

const pull = (tag: string) => ({
  kind: 'pull_repo' as const,
  accountId: 1,
  performerId: null,
  repositoryId: 1,
  ip: '192.0.2.1',
  metadata: { repo: 'app', namespace: 'acme', tag },
});

/** The database behind a switch, and the number of transactions that went through. */
function switchable(database: Database) {
  const state = { up: true, readOnly: false, transactions: 0 };
  const wrapped: Database = {
    dialect: database.dialect,
    read: database.read,
    listing: database.listing,
    epoch: () => database.epoch(),
    close: () => database.close(),
    async transaction(work, options) {
      if (!state.up) throw new DatabaseUnavailableError('away');
      if (state.readOnly) throw new DatabaseUnavailableError('read-only', { readOnly: true });
      state.transactions += 1;
      return database.transaction(work, options);
    },
  };
  return { state, database: wrapped };
}

async function storedTags(services: Services): Promise<string[]> {
  const rows = await services.database.read.selectFrom('action_logs').select('metadata_json').execute();
  return rows.map((row) => String(JSON.parse(row.metadata_json).tag)).sort();
}

async function withDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'wharf-spill-'));
  try {
    await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

eachDatabase('pull log, strict', (open) => {
  test('resolves once committed, many in one transaction', async () => {
    const { state, database } = switchable(await open());
    const services = createTestServices({ database });
    const log = createPullLog(services);
    await Promise.all(Array.from({ length: 40 }, (_, i) => log.record(pull(`t${i}`))));
    assert.equal((await storedTags(services)).length, 40);
    assert.equal(state.transactions, 1);
    await log.close();
  });

  test('commits at most 500 rows at a time', async () => {
    const { state, database } = switchable(await open());
    const services = createTestServices({ database });
    const log = createPullLog(services);
    await Promise.all(Array.from({ length: 1000 }, (_, i) => log.record(pull(`t${i}`))));
    assert.equal((await storedTags(services)).length, 1000);
    assert.equal(state.transactions, 2);
    await log.close();
  });

  test('rejects what is not committed', async () => {
    const { state, database } = switchable(await open());
    const services = createTestServices({ database });
    const log = createPullLog(services);
    state.up = false;
    const results = await Promise.allSettled([log.record(pull('a')), log.record(pull('b'))]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    state.up = true;
    await log.record(pull('c'));
    assert.deepEqual(await storedTags(services), ['c']);
    await log.close();
  });

  test('lets pulls go on while the database is read-only, and stores their entries later', async () => {
    await withDirectory(async (spillDirectory) => {
      const { state, database } = switchable(await open());
      const services = createTestServices({ database });
      const log = createPullLog(services, { spillDirectory });
      state.readOnly = true;
      await log.record(pull('a'));
      assert.deepEqual(await storedTags(services), []);
      state.readOnly = false;
      await log.record(pull('b'));
      await log.close();
      assert.deepEqual(await storedTags(services), ['a', 'b']);
      assert.deepEqual(await readdir(spillDirectory), []);
    });
  });

  test('writes nothing in a read-only registry', async () => {
    const { state, database } = switchable(await open());
    const services = createTestServices({ database, settings: { readOnly: true } });
    const log = createPullLog(services);
    await log.record(pull('a'));
    await log.close();
    assert.equal(state.transactions, 0);
  });

  test('close commits what waits', async () => {
    const services = createTestServices({ database: await open() });
    const log = createPullLog(services);
    const recorded = log.record(pull('a'));
    await log.close();
    await recorded;
    assert.deepEqual(await storedTags(services), ['a']);
  });
});

eachDatabase('pull log, without strict logging', (open) => {
  const settings = { pullsWithoutStrictLogging: true };

  test('answers at once and commits by close', async () => {
    const services = createTestServices({ database: await open(), settings });
    const log = createPullLog(services, { groupMs: 2 ** 30 });
    await log.record(pull('a'));
    assert.deepEqual(await storedTags(services), []);
    await log.close();
    assert.deepEqual(await storedTags(services), ['a']);
  });

  test('spills when closed during an outage, and the next start replays once', async () => {
    await withDirectory(async (spillDirectory) => {
      const { state, database } = switchable(await open());
      const services = createTestServices({ database, settings });
      state.up = false;
      const first = createPullLog(services, { spillDirectory });
      await first.record(pull('a'));
      await first.record(pull('b'));
      await first.close();
      assert.equal((await readdir(spillDirectory)).length, 1);
      state.up = true;
      const both = [createPullLog(services, { spillDirectory }), createPullLog(services, { spillDirectory })];
      await Promise.all(both.map((log) => log.close()));
      assert.deepEqual(await storedTags(services), ['a', 'b']);
      assert.deepEqual(await readdir(spillDirectory), []);
    });
  });

  test('spills what memory may not hold, and loses nothing', async () => {
    await withDirectory(async (spillDirectory) => {
      const { state, database } = switchable(await open());
      const services = createTestServices({ database, settings });
      state.up = false;
      const log = createPullLog(services, { spillDirectory, queueLimit: 10 });
      const tags = Array.from({ length: 25 }, (_, i) => `t${i}`).sort();
      for (const tag of tags) await log.record(pull(tag));
      state.up = true;
      await log.close();
      assert.deepEqual(await storedTags(services), tags);
      assert.deepEqual(await readdir(spillDirectory), []);
    });
  });

  test('sets an unreadable file aside', async () => {
    await withDirectory(async (spillDirectory) => {
      const services = createTestServices({ database: await open(), settings });
      await writeFile(join(spillDirectory, 'a.pulls.jsonl'), '{"uuid":');
      const log = createPullLog(services, { spillDirectory });
      await log.record(pull('a'));
      await log.close();
      assert.deepEqual(await storedTags(services), ['a']);
      assert.deepEqual(await readdir(spillDirectory), ['a.pulls.jsonl.unreadable']);
    });
  });
});

eachDatabase('pull log, by the configuration', (open) => {
  const everything = {
    auditLogins: true,
    auditLoginFailures: true,
    auditPullFailures: true,
    auditPushFailures: true,
    auditDeleteFailures: true,
    disabledForAuditLogs: [],
    disabledForPullLogs: [],
    disablePullLogsForFreeNamespaces: false,
  };
  const cases = [
    ['nothing is left out', {}, ['failed', 'pull']],
    ['no pulls of a namespace', { disabledForPullLogs: ['acme'] }, ['failed']],
    ['nothing of a namespace', { disabledForAuditLogs: ['acme'] }, []],
    ['of another namespace', { disabledForAuditLogs: ['other'] }, ['failed', 'pull']],
    ['no pulls at all', { disablePullLogsForFreeNamespaces: true }, ['failed']],
    ['no failed pulls', { auditPullFailures: false }, ['pull']],
  ] as const;
  for (const [title, settings, expected] of cases) {
    test(title, async () => {
      const actionLog = { ...everything, ...settings };
      const services = createTestServices({ database: await open(), settings: { actionLog } });
      const log = createPullLog(services);
      await log.record(pull('pull'));
      await log.record({ ...pull('failed'), kind: 'pull_repo_failed' });
      await log.close();
      assert.deepEqual(await storedTags(services), [...expected]);
    });
  }
});
