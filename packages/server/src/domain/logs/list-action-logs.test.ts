import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { ExplainNode, type KyselyPlugin, sql } from 'kysely';
import type { DialectName } from '#/db/database.ts';
import {
  countActionLogs,
  type LogKind,
  type LogSelection,
  listActionLogs,
  writeActionLog,
} from '#/domain/logs/index.ts';
import { createOrganization, createRobot, createUser } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { manualClock } from '#/platform/clock.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';
import { type LogFilter, listNewestEntries, listOldestEntries } from './queries-read.ts';

const dayMs = 24 * 3600 * 1000;
const startMs = Date.UTC(2026, 0, 10);

interface Written {
  readonly kind?: LogKind;
  readonly account?: number | null;
  readonly performer?: number | null;
  readonly repository?: number | null;
  readonly atMs: number;
  readonly note: string;
}

async function write(services: Services, entries: readonly Written[]): Promise<void> {
  await services.database.transaction(async (db) => {
    for (const entry of entries) {
      await writeActionLog(services, db, {
        kind: entry.kind ?? 'push_repo',
        accountId: entry.account ?? null,
        performerId: entry.performer ?? null,
        repositoryId: entry.repository ?? null,
        ip: '192.0.2.7',
        createdMs: entry.atMs,
        metadata: { note: entry.note },
      });
    }
  });
}

const all = { fromMs: startMs - 100 * dayMs, untilMs: startMs + 100 * dayMs };

/** The notes of every page, page by page. */
async function readPages(services: Services, selection: LogSelection, limit: number): Promise<string[]> {
  const pages: string[] = [];
  let before: { createdMs: number; id: number } | undefined;
  do {
    const page = await listActionLogs(services, { ...selection, before, limit });
    pages.push(page.entries.map(({ metadata }) => metadata.note).join(' '));
    before = page.next;
  } while (before !== undefined);
  return pages;
}

eachDatabase('the action log is read', (open) => {
  async function setUp(settings: Parameters<typeof createTestServices>[0]['settings'] = {}) {
    const clock = manualClock(startMs);
    const services = createTestServices({ database: await open(), clock, settings });
    const alice = await createUser(services, { name: 'alice', password: 'correct-horse', email: 'a@b.c' });
    const acme = await createOrganization(services, { name: 'acme', ownerId: alice.id });
    const robot = await createRobot(services, { owner: acme, shortName: 'ci' });
    await services.database.transaction((db) => db.deleteFrom('action_logs').execute());
    return { services, alice, acme, robot };
  }

  test('page by page, newest first, of a scope and a period; entries of one instant come once', async () => {
    const { services, alice, acme } = await setUp();
    await write(services, [
      ...Array.from({ length: 5 }, (_, i) => ({ account: acme.id, atMs: startMs, note: `same${i}` })),
      { account: acme.id, repository: 5, atMs: startMs + 1, note: 'later' },
      { account: acme.id, repository: 5, atMs: startMs - 1, note: 'earlier' },
      { account: alice.id, atMs: startMs + 2, note: 'own' },
      { account: acme.id, atMs: startMs + dayMs, note: 'tomorrow' },
    ]);
    const acmeScope = { kind: 'namespace', accountId: acme.id } as const;
    assert.deepEqual(await readPages(services, { ...all, scope: acmeScope }, 3), [
      'tomorrow later same4',
      'same3 same2 same1',
      'same0 earlier',
    ]);
    assert.deepEqual(await readPages(services, { ...all, scope: acmeScope }, 4), [
      'tomorrow later same4 same3',
      'same2 same1 same0 earlier',
    ]);
    const repository = { kind: 'repository', repositoryId: 5 } as const;
    assert.deepEqual(await readPages(services, { ...all, scope: repository }, 9), ['later earlier']);
    const period = { fromMs: startMs, untilMs: startMs + dayMs };
    assert.deepEqual(await readPages(services, { ...period, scope: { kind: 'registry' } }, 9), [
      'own later same4 same3 same2 same1 same0',
    ]);
  });

  test('who acted and where, also after an account is gone', async () => {
    const { services, alice, acme, robot } = await setUp();
    await write(services, [
      { account: acme.id, performer: alice.id, atMs: startMs, note: 'a' },
      { account: acme.id, performer: robot.account.id, atMs: startMs + 1, note: 'r' },
      { account: 987_654, performer: 987_655, atMs: startMs + 2, note: 'gone' },
      { atMs: startMs + 3, note: 'nobody' },
    ]);
    const { entries } = await listActionLogs(services, { ...all, scope: { kind: 'registry' }, limit: 20 });
    assert.deepEqual(
      entries.map((entry) => [entry.metadata.note, entry.performer?.name, entry.performer?.kind]),
      [
        ['nobody', undefined, undefined],
        ['gone', undefined, undefined],
        ['r', 'acme+ci', 'robot'],
        ['a', 'alice', 'user'],
      ],
    );
    assert.equal(entries[3]?.performer?.email, 'a@b.c');
    assert.equal(entries[3]?.namespace?.kind, 'organization');
    assert.equal(entries[3]?.ip, '192.0.2.7');
    const ofRobot = { ...all, scope: { kind: 'namespace', accountId: acme.id } as const };
    assert.deepEqual(await readPages(services, { ...ofRobot, performer: 'acme+ci' }, 9), ['r']);
    await assert.rejects(listActionLogs(services, { ...ofRobot, performer: 'nobody', limit: 20 }), {
      code: 'invalid_request',
    });
    await assert.rejects(listActionLogs(services, { ...ofRobot, untilMs: ofRobot.fromMs, limit: 20 }), {
      code: 'invalid_request',
    });
  });

  test('counts of each kind and day, at most a month', async () => {
    const { services, acme } = await setUp();
    const account = acme.id;
    await write(services, [
      { account, atMs: startMs - 1, note: '' },
      { account, atMs: startMs, note: '' },
      { account, atMs: startMs + dayMs - 1, note: '' },
      { account, atMs: startMs + 5, kind: 'service_key_create', note: '' },
      { account, atMs: startMs + 5, kind: 'create_repo', note: '' },
      { account, atMs: startMs + 3 * dayMs, note: '' },
    ]);
    const scope = { kind: 'namespace', accountId: account } as const;
    const period = { scope, fromMs: startMs - dayMs, untilMs: startMs + 3 * dayMs };
    const short = (rows: Awaited<ReturnType<typeof countActionLogs>>) =>
      rows.map((row) => `${(row.dayMs - startMs) / dayMs} ${row.kind} ${row.count}`);
    assert.deepEqual(short(await countActionLogs(services, { ...period, withoutServiceKeys: true })), [
      '-1 push_repo 1',
      '0 create_repo 1',
      '0 push_repo 2',
    ]);
    assert.deepEqual(short(await countActionLogs(services, period)), [
      '-1 push_repo 1',
      '0 create_repo 1',
      '0 push_repo 2',
      '0 service_key_create 1',
    ]);
    const midday = { ...period, fromMs: startMs + 6, untilMs: startMs + dayMs };
    assert.deepEqual(short(await countActionLogs(services, midday)), ['0 push_repo 1']);
    await assert.rejects(countActionLogs(services, { ...period, untilMs: period.fromMs + 34 * dayMs }), {
      code: 'invalid_request',
    });
  });

  test('what the configuration leaves out is not written', async () => {
    const audit = {
      auditLogins: false,
      auditLoginFailures: true,
      auditPullFailures: false,
      auditPushFailures: true,
      auditDeleteFailures: false,
      disabledForAuditLogs: ['alice'],
      disabledForPullLogs: ['acme'],
      disablePullLogsForFreeNamespaces: false,
    };
    const { services, alice, acme } = await setUp({ actionLog: audit });
    const entries: readonly Written[] = [
      { kind: 'login_success', account: acme.id, atMs: startMs, note: 'no' },
      { kind: 'login_failure', account: acme.id, atMs: startMs, note: 'failure' },
      { kind: 'pull_repo', account: acme.id, atMs: startMs, note: 'no' },
      { kind: 'pull_repo_failed', account: acme.id, atMs: startMs, note: 'no' },
      { kind: 'push_repo_failed', account: acme.id, atMs: startMs, note: 'push' },
      { kind: 'create_repo', account: acme.id, atMs: startMs, note: 'create' },
      { kind: 'create_repo', account: alice.id, atMs: startMs, note: 'no' },
      { kind: 'create_repo', account: null, atMs: startMs, note: 'nowhere' },
    ];
    await write(services, entries);
    assert.deepEqual(await readPages(services, { ...all, scope: { kind: 'registry' } }, 9), [
      'nowhere create push failure',
    ]);
  });

  test('a page reads an index, whatever the scope', async () => {
    const { services, acme, alice } = await setUp();
    await fill(services, acme.id, alice.id);
    const plans = services.database.read.withPlugin(explaining(services.database.dialect));
    const namespace = { kind: 'namespace', accountId: acme.id } as const;
    const filters: readonly Pick<LogFilter, 'scope' | 'performerId' | 'hiddenKinds'>[] = [
      { scope: { kind: 'registry' } },
      { scope: namespace, hiddenKinds: ['service_key_create'] },
      { scope: namespace, performerId: alice.id },
      { scope: { kind: 'repository', repositoryId: 7 } },
    ];
    const position = { createdMs: startMs + 2000, id: 2000 };
    for (const filter of filters) {
      const period = { ...filter, fromMs: startMs, untilMs: startMs + dayMs };
      for (const plan of [
        await listNewestEntries(plans, period, { before: position, limit: 21 }),
        await listOldestEntries(plans, period, { after: position, limit: 21 }),
      ]) {
        const text = JSON.stringify(plan);
        assert.doesNotMatch(text, /Seq Scan|TEMP B-TREE|filesort|"type":"ALL"|Sort\b/i, text);
        assert.match(text, /ix_action_logs_\w*created_ms_id/, text);
        // Not all entries of the namespace: as MySQL and MariaDB say it.
        assert.doesNotMatch(text, /"type":"ref"/, text);
      }
    }
  });
});

/** Turns every query into the question how it would be run. */
function explaining(dialect: DialectName): KyselyPlugin {
  const options = dialect === 'sqlite' ? sql`query plan`.toOperationNode() : undefined;
  return {
    transformQuery: ({ node }) =>
      node.kind === 'SelectQueryNode' ? { ...node, explain: ExplainNode.create(undefined, options) } : node,
    transformResult: async ({ result }) => result,
  };
}

/** Enough rows for the planners to prefer what they would for many. */
async function fill(services: Services, accountId: number, performerId: number): Promise<void> {
  const columns = Array.from({ length: 3000 }, (_, i) => ({
    uuid: randomUUID(),
    kind: 'pull_repo',
    account_id: i % 2 === 0 ? accountId : i,
    performer_id: i % 2 === 0 ? performerId : i,
    repository_id: i % 2 === 0 ? 7 : i,
    created_ms: startMs + i,
    ip: null,
    metadata_json: '{}',
  }));
  await services.database.transaction(async (db) => {
    for (let start = 0; start < columns.length; start += 500) {
      await db
        .insertInto('action_logs')
        .values(columns.slice(start, start + 500))
        .execute();
    }
  });
  if (services.database.dialect === 'sqlite') return;
  const analyze = services.database.dialect === 'mysql' ? 'analyze table action_logs' : 'analyze action_logs';
  await sql.raw(analyze).execute(services.database.read);
}
