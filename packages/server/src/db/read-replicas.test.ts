import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import type { QueryResult } from 'kysely';
import { type Database, DatabaseUnavailableError, type Db } from '#/db/database.ts';
import type { Engine } from '#/db/dialects/engine.ts';
import { createReplicaReader } from '#/db/dialects/server/replica-reader.ts';
import { openDatabase } from '#/db/open-database.ts';
import { eachDatabaseUri } from '#/testing/databases.ts';
import { freePort } from '#/testing/free-port.ts';
import { startTcpRelay } from '#/testing/tcp-relay.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function open(uri: string, replicaUris: readonly string[] = []): Promise<Database> {
  const database = await openDatabase({ uri, replicaUris });
  cleanups.push(() => database.close());
  return database;
}

const name = 'where-am-i';

async function mark(uri: string, value: string): Promise<string> {
  const database = await open(uri);
  await database.transaction((db) => db.insertInto('settings').values({ name, value }).execute());
  return uri;
}

async function readMark(db: Db): Promise<string | undefined> {
  const row = await db.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst();
  return row?.value;
}

/** The same server through another port. */
function throughPort(uri: string, port: number): string {
  const changed = new URL(uri);
  changed.port = String(port);
  return changed.href;
}

eachDatabaseUri('replicas', (create, dialect) => {
  if (dialect === 'sqlite') {
    test('without replicas lists are read where everything is', async () => {
      const database = await open(await mark(await create(), 'primary'));
      assert.equal(await readMark(database.listing), 'primary');
    });
    return;
  }

  test('answer lists in turn, and nothing else', async () => {
    const primary = await mark(await create(), 'primary');
    const replicas = [await mark(await create(), 'one'), await mark(await create(), 'two')];
    const database = await open(primary, replicas);
    const found = [await readMark(database.listing), await readMark(database.listing)];
    assert.deepEqual(found.toSorted(), ['one', 'two']);
    assert.equal(await readMark(database.read), 'primary');
    assert.equal(await database.transaction((db) => readMark(db)), 'primary');
    await assert.rejects(
      database.listing.deleteFrom('settings').execute(),
      /writes need database.transaction/,
    );
  });

  test('that are away, or have no tables yet, cost no answer', async () => {
    const primary = await mark(await create(), 'primary');
    const away = throughPort(primary, await freePort());
    const database = await open(primary, [away, await create('empty')]);
    for (const _ of [1, 2, 3, 4]) assert.equal(await readMark(database.listing), 'primary');
  });

  test('that are silent hold up one list, not all of them', async () => {
    const primary = await mark(await create(), 'primary');
    const relay = await startTcpRelay(Number(new URL(primary).port));
    cleanups.push(() => relay.close());
    const replica = throughPort(await mark(await create(), 'replica'), relay.port);
    const database = await open(primary, [replica]);
    assert.equal(await readMark(database.listing), 'replica');
    relay.freeze();
    assert.equal(await readMark(database.listing), 'primary');
    const startedAt = performance.now();
    assert.equal(await readMark(database.listing), 'primary');
    assert.ok(performance.now() - startedAt < 500, 'a dead replica is asked again and again');
  });
});

describe('createReplicaReader', () => {
  type Query = Parameters<Engine['read']>[0];
  const query = {} as Query;

  /** A server at the edge, whose answers a test decides. */
  function server(answer: () => string): Engine {
    return {
      name: 'postgresql',
      read: async () => ({ rows: [answer()] }) as QueryResult<unknown>,
      begin: () => Promise.reject(new Error('not here')),
      close: async () => undefined,
    };
  }

  test('asks a replica again when it has rested', async () => {
    let clockMs = 0;
    let isAway = true;
    const replica = server(() => {
      if (isAway) throw new DatabaseUnavailableError('away');
      return 'replica';
    });
    const reader = createReplicaReader(
      server(() => 'primary'),
      [replica],
      () => clockMs,
    );
    const read = async (): Promise<unknown> => (await reader.read(query)).rows[0];
    assert.equal(await read(), 'primary');
    isAway = false;
    clockMs = 9_999;
    assert.equal(await read(), 'primary');
    clockMs = 10_000;
    assert.equal(await read(), 'replica');
  });

  test('a fault of the query is told as the primary tells it', async () => {
    const failing = (reason: string) =>
      server(() => {
        throw new Error(reason);
      });
    const reader = createReplicaReader(failing('of the primary'), [failing('of the replica')]);
    await assert.rejects(reader.read(query), /of the primary/);
  });
});
