import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, test } from 'node:test';
import { countRepositoryActions } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { manualClock } from '#/platform/clock.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { insertTestRepository } from '#/testing/repositories.ts';
import { createTestServices } from '#/testing/services.ts';
import { repositoryScore } from './repository-score.ts';

const dayMs = 24 * 3600 * 1000;
const today = 20_000;
const noonMs = today * dayMs + dayMs / 2;

async function act(services: Services, repositoryId: number, atMs: number, times: number): Promise<void> {
  const rows = Array.from({ length: times }, () => ({
    uuid: randomUUID(),
    kind: 'pull_repo',
    account_id: 1,
    performer_id: null,
    repository_id: repositoryId,
    created_ms: atMs,
    ip: null,
    metadata_json: '{}',
  }));
  await services.database.transaction((db) => db.insertInto('action_logs').values(rows).execute());
}

/** `day:count` of a repository, days counted from today. */
async function counts({ database }: Services, repositoryId: number): Promise<string> {
  const rows = await database.read
    .selectFrom('repository_action_counts')
    .selectAll()
    .where('repository_id', '=', repositoryId)
    .orderBy('day')
    .execute();
  return rows.map(({ day, count }) => `${day - today}:${count}`).join(' ');
}

async function score({ database }: Services, repositoryId: number): Promise<number | undefined> {
  const row = await database.read
    .selectFrom('repository_scores')
    .select('score')
    .where('repository_id', '=', repositoryId)
    .executeTakeFirst();
  return row?.score;
}

eachDatabase('actions of repositories', (open) => {
  async function setUp() {
    const clock = manualClock(noonMs);
    const services = createTestServices({ database: await open(), clock });
    const create = async (ageDays: number): Promise<number> => {
      const id = await insertTestRepository(services.database);
      await services.database.transaction((db) =>
        db
          .updateTable('repositories')
          .set({ created_ms: noonMs - ageDays * dayMs })
          .where('id', '=', id)
          .execute(),
      );
      return id;
    };
    const run = (keepsShort = false) => countRepositoryActions(services, { keepsShort });
    return { services, clock, create, run };
  }

  test('every past day once, today not yet, and what was missed later', async () => {
    const { services, clock, create, run } = await setUp();
    const [busy, quiet] = [await create(10), await create(0)];
    await act(services, busy, (today - 3) * dayMs, 2);
    await act(services, busy, today * dayMs - 1, 3);
    await act(services, busy, today * dayMs, 4);
    assert.equal(await run(), 2);
    assert.deepEqual([await counts(services, busy), await counts(services, quiet)], ['-3:2 -1:3', '']);
    assert.equal(await run(), 0);
    clock.advanceMs(3 * dayMs);
    await act(services, busy, (today + 1) * dayMs, 5);
    await act(services, quiet, (today + 2) * dayMs, 6);
    assert.equal(await run(), 2);
    assert.deepEqual(
      [await counts(services, busy), await counts(services, quiet)],
      ['-3:2 -1:3 0:4 1:5', '2:6'],
    );
  });

  test('the score follows the counts', async () => {
    const { services, clock, create, run } = await setUp();
    const id = await create(183);
    const fresh = await create(0);
    await act(services, id, (today - 1) * dayMs, 10);
    await act(services, id, (today - 2) * dayMs, 60);
    await act(services, id, (today - 40) * dayMs, 152);
    await run();
    // 100 * (10/1 * 0.01087 + 60/6 * 0.062815 + 0 + 152/152 * 0.71028)
    assert.deepEqual([await score(services, id), await score(services, fresh)], [144, 0]);
    clock.advanceMs(dayMs);
    await run();
    assert.equal(await score(services, id), 100 * 0 + Math.floor(100 * ((70 / 6) * 0.062815 + 0.71028)));
  });

  test('old counts go, sooner if asked', async () => {
    const { services, clock, create, run } = await setUp();
    const id = await create(400);
    for (const age of [184, 183, 31, 30, 1]) await act(services, id, (today - age) * dayMs, age);
    await run();
    assert.equal(await counts(services, id), '-183:183 -31:31 -30:30 -1:1');
    await run(true);
    assert.equal(await counts(services, id), '-30:30 -1:1');
    clock.advanceMs(dayMs);
    await run(true);
    assert.equal(await counts(services, id), '-1:1');
  });

  test('many repositories', async () => {
    const { services, run } = await setUp();
    const first = await insertTestRepository(services.database);
    const { namespace_id } = await services.database.read
      .selectFrom('repositories')
      .select('namespace_id')
      .where('id', '=', first)
      .executeTakeFirstOrThrow();
    const rows = Array.from({ length: 450 }, (_, i) => ({
      uuid: randomUUID(),
      namespace_id,
      name: `n${i}`,
      visibility: 'private' as const,
      kind: 'image' as const,
      state: 'NORMAL' as const,
      description: '',
      badge_token: randomUUID(),
      trust_enabled: 0 as const,
      created_ms: noonMs - 5 * dayMs,
      event_number: 0,
    }));
    await services.database.transaction((db) => db.insertInto('repositories').values(rows).execute());
    const others = services.database.read.selectFrom('repositories').select('id').where('id', '<>', first);
    for (const { id } of await others.execute()) await act(services, id, (today - 1) * dayMs, 1);
    assert.equal(await run(), 451);
    const { length } = await services.database.read
      .selectFrom('repository_action_counts')
      .selectAll()
      .execute();
    assert.equal(length, 450);
  });
});

describe('repositoryScore', () => {
  const table: readonly (readonly [string, Parameters<typeof repositoryScore>[0], number])[] = [
    ['nothing', { actions: [], ageDays: 100, keptDays: 183 }, 0],
    ['created today', { actions: [5, 5, 5, 5], ageDays: 0, keptDays: 183 }, 0],
    ['yesterday only', { actions: [100, 0, 0, 0], ageDays: 1, keptDays: 183 }, 108],
    ['two of the days of the second bucket', { actions: [0, 100, 0, 0], ageDays: 3, keptDays: 183 }, 314],
    ['a part of the third bucket is kept', { actions: [0, 0, 230, 0], ageDays: 183, keptDays: 30 }, 216],
    ['nothing of the fourth is kept', { actions: [0, 0, 0, 99], ageDays: 183, keptDays: 30 }, 0],
  ];
  for (const [title, input, expected] of table) {
    test(title, () => assert.equal(repositoryScore(input), expected));
  }
});
