import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cancelQueueItem,
  cleanOutbox,
  cleanQueue,
  completeQueueItem,
  countAliveQueueItems,
  countOutboxStates,
  countQueueStates,
  deleteQueueItemsBelow,
  drainOutbox,
  extendQueueItem,
  findLastRun,
  hasRetriesRemaining,
  isQueueItemAlive,
  observeQueues,
  putOutboxEvent,
  putQueueItem,
  queueName,
  returnQueueItem,
  takeQueueItem,
  withLease,
} from '#/domain/background/index.ts';
import type { Services } from '#/domain/services.ts';
import { manualClock } from '#/platform/clock.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createGate } from '#/testing/gates.ts';
import { createTestServices } from '#/testing/services.ts';

const dayMs = 24 * 3600 * 1000;

type Fixture = { readonly services: Services; readonly clock: ReturnType<typeof manualClock> };

const put = (
  { database, clock }: Services,
  name: string,
  options: { retries?: number; delayMs?: number } = {},
) =>
  database.transaction((db) => putQueueItem(db, { name, body: { name }, nowMs: clock.nowMs(), ...options }));

const queue = queueName('work');

const cases: readonly { readonly name: string; run(fixture: Fixture): Promise<void> }[] = [
  {
    name: 'an item is taken once, and again when its time ran out, until its retries are used up',
    async run({ services, clock }) {
      await put(services, queueName('work', 'a'), { retries: 2 });
      const first = await takeQueueItem(services, { prefix: queue, processingMs: 1000 });
      assert.equal(first?.retriesRemaining, 1);
      assert.equal(await takeQueueItem(services, { prefix: queue }), undefined);
      clock.advanceMs(1000);
      const second = await takeQueueItem(services, { prefix: queue, processingMs: 1000 });
      assert.equal(second?.id, first?.id);
      clock.advanceMs(1000);
      assert.equal(await takeQueueItem(services, { prefix: queue }), undefined);
      assert.equal(await hasRetriesRemaining(services, second?.id ?? 0), false);
      assert.equal(await cleanQueue(services), 0);
      clock.advanceMs(dayMs);
      assert.equal(await cleanQueue(services), 1);
    },
  },
  {
    name: 'many takers never share an item',
    async run({ services }) {
      for (let index = 0; index < 12; index += 1) await put(services, queueName('work', `${index}`));
      const taken: number[] = [];
      while (taken.length < 12) {
        const round = await Promise.all(
          Array.from({ length: 4 }, () => takeQueueItem(services, { prefix: queue })),
        );
        for (const item of round) if (item !== undefined) taken.push(item.id);
      }
      assert.equal(new Set(taken).size, 12);
    },
  },
  {
    name: 'an item can be returned, extended, completed and cancelled',
    async run({ services, clock }) {
      await put(services, queueName('work', 'a'), { delayMs: 5000 });
      assert.equal(await takeQueueItem(services, { prefix: queue }), undefined);
      clock.advanceMs(5000);
      const item = await takeQueueItem(services, { prefix: queue, processingMs: 60_000 });
      assert.ok(item !== undefined);
      assert.equal(
        (await extendQueueItem(services, item, { processingMs: 65_000 }))?.expiresMs,
        item.expiresMs,
      );
      const extended = await extendQueueItem(services, item, { processingMs: 600_000, body: { step: 2 } });
      assert.equal(extended?.expiresMs, clock.nowMs() + 600_000);
      clock.advanceMs(60_000);
      assert.equal(await takeQueueItem(services, { prefix: queue }), undefined);
      assert.equal(await returnQueueItem(services, item, { retryAfterMs: 1000, restoreRetry: true }), true);
      clock.advanceMs(1000);
      const again = await takeQueueItem(services, { prefix: queue });
      assert.equal(again?.body, '{"step":2}');
      assert.equal(again?.retriesRemaining, 4);
      await completeQueueItem(services, item);
      assert.equal(await cancelQueueItem(services, item), false);
      assert.equal(await extendQueueItem(services, item, { processingMs: 900_000 }), undefined);
    },
  },
  {
    name: 'items of one name run one after another where order is asked for',
    async run({ services }) {
      const first = await put(services, queueName('work', 'a'));
      await put(services, queueName('work', 'a'));
      const other = await put(services, queueName('work', 'b'));
      const take = () => takeQueueItem(services, { prefix: queue, ordered: true });
      const taken = await take();
      assert.equal(taken?.id, first);
      assert.equal((await take())?.id, other);
      assert.equal(await take(), undefined);
      assert.deepEqual(await countQueueStates(services.database.read, queue, services.clock.nowMs()), {
        running: 2,
        available: 1,
        availableNotRunning: 0,
      });
    },
  },
  {
    name: 'a prefix matches whole parts and no character is a pattern',
    async run({ services }) {
      const { database, clock } = services;
      for (const name of ['a_b', 'axb', 'a_bc', 'A_b', 'a%'])
        await put(services, queueName('work', name, 'repo'));
      const below = queueName('work', 'a_b');
      assert.equal(await countAliveQueueItems(database.read, below), 1);
      assert.equal(await isQueueItemAlive(database.read, below, clock.nowMs()), false);
      assert.equal(
        await isQueueItemAlive(database.read, queueName('work', 'a_b', 'repo'), clock.nowMs()),
        true,
      );
      assert.equal(await database.transaction((db) => deleteQueueItemsBelow(db, queueName('work', 'a%'))), 1);
      assert.equal(await countAliveQueueItems(database.read, queue), 4);
      assert.throws(() => queueName('work', ''), { code: 'invalid_request' });
    },
  },
  {
    name: 'what a transaction enqueued and undid does not exist',
    async run({ services }) {
      const { database, clock } = services;
      await assert.rejects(
        database.transaction(async (db) => {
          await putQueueItem(db, { name: queue, body: 1, nowMs: clock.nowMs() });
          await putOutboxEvent(db, { topic: 't', body: 1, nowMs: clock.nowMs() });
          throw new Error('undone');
        }),
        /undone/,
      );
      assert.equal(await takeQueueItem(services, { prefix: queue }), undefined);
      assert.equal(await drainOutbox(services, { topic: 't' }, async () => {}), 0);
    },
  },
  {
    name: 'events of one repository go out in the order of their numbers; a parked one blocks nothing',
    async run({ services, clock }) {
      const { database } = services;
      for (const [repositoryId, eventNumber] of [
        [1, 2],
        [2, 1],
        [1, 1],
        [1, 3],
      ] as const) {
        const order = { repositoryId, eventNumber };
        await database.transaction((db) =>
          putOutboxEvent(db, { topic: 't', body: [repositoryId, eventNumber], nowMs: clock.nowMs(), order }),
        );
      }
      const delivered: string[] = [];
      const drain = () =>
        drainOutbox(services, { topic: 't', attempts: 2 }, async ({ body }) => {
          if (body === '[1,2]') throw new Error('poisoned');
          delivered.push(body);
        });
      assert.equal(await drain(), 2);
      assert.deepEqual(delivered.sort(), ['[1,1]', '[2,1]']);
      assert.equal(await drain(), 0, 'the failed one holds the next one back');
      clock.advanceMs(60_000);
      assert.equal(await drain(), 1);
      assert.equal(delivered.at(-1), '[1,3]');
      clock.advanceMs(dayMs);
      assert.equal(await drain(), 0);
      assert.equal(await cleanOutbox(services), 0);
      clock.advanceMs(30 * dayMs);
      assert.equal(await cleanOutbox(services), 1);
    },
  },
  {
    name: 'an event whose deliverer died goes out again',
    async run({ services, clock }) {
      await services.database.transaction((db) =>
        putOutboxEvent(db, { topic: 't', body: 1, nowMs: clock.nowMs() }),
      );
      const gate = createGate();
      const stuck = drainOutbox(services, { topic: 't' }, () => gate.pass());
      await gate.arrived;
      assert.equal(await drainOutbox(services, { topic: 't' }, async () => {}), 0);
      clock.advanceMs(60_000);
      assert.equal(await drainOutbox(services, { topic: 't' }, async () => {}), 1);
      gate.open();
      await stuck;
    },
  },
  {
    name: 'what happens in queues is told once it is committed',
    async run({ services, clock }) {
      const told: string[] = [];
      const end = observeQueues((action, of, count) => told.push(`${action} ${of} ${count}`));
      try {
        const { database } = services;
        for (const name of ['a', 'b', 'b']) await put(services, queueName('work', name));
        const broken = database.transaction(async (db) => {
          await putQueueItem(db, { name: queueName('work', 'c'), body: {}, nowMs: clock.nowMs() });
          throw new Error('broken');
        });
        await assert.rejects(broken, /broken/);
        assert.deepEqual(told.splice(0), ['put work 1', 'put work 1', 'put work 1']);
        await database.transaction((db) => deleteQueueItemsBelow(db, queueName('work', 'b')));
        const item = await takeQueueItem(services, { prefix: queue });
        assert.ok(item);
        assert.equal(await takeQueueItem(services, { prefix: queue }), undefined);
        await completeQueueItem(services, item);
        await completeQueueItem(services, item);
        assert.deepEqual(told.splice(0), [
          'delete work 2',
          'acquired work 1',
          'nonexistant work 1',
          'delete work 1',
        ]);
        await database.transaction((db) =>
          putOutboxEvent(db, { topic: 'news/1', body: {}, nowMs: clock.nowMs() }),
        );
        const states = await countOutboxStates(database.read, 'news/', clock.nowMs());
        assert.deepEqual(states, { running: 0, available: 1, availableNotRunning: 1 });
        await drainOutbox(services, { topic: 'news/1' }, async () => {
          const during = await countOutboxStates(database.read, 'news/', clock.nowMs());
          assert.deepEqual(during, { running: 1, available: 0, availableNotRunning: 0 });
        });
        assert.deepEqual(told, ['put news 1', 'acquired news 1', 'delete news 1']);
      } finally {
        end();
      }
    },
  },
  {
    name: 'one holder of a lease at a time, over all nodes',
    async run({ services, clock }) {
      const other = { ...services, nodeId: 'other' };
      const gate = createGate();
      const held = withLease(services, 'lease', 60_000, async (lease) => {
        await gate.pass();
        return lease.isHeld();
      });
      await gate.arrived;
      assert.equal(await withLease(other, 'lease', 60_000, async () => 'work'), undefined);
      assert.equal(await withLease(other, 'another', 60_000, async () => 'work'), 'work');
      clock.advanceMs(60_000);
      assert.equal(await withLease(other, 'lease', 60_000, async () => 'work'), 'work');
      gate.open();
      assert.equal(await held, false, 'the first holder can tell that it is late');
      assert.equal(await findLastRun(services.database.read, 'lease'), clock.nowMs());
      assert.equal(await withLease(services, 'lease', 60_000, async (lease) => lease.isHeld()), true);
      await assert.rejects(
        withLease(services, 'lease', 60_000, async () => {
          throw new Error('broken');
        }),
        /broken/,
      );
      assert.equal(
        await withLease(other, 'lease', 60_000, async () => 'work'),
        'work',
        'given back after an error',
      );
    },
  },
];

eachDatabase('background work', (open) => {
  for (const { name, run } of cases) {
    test(name, async () => {
      const clock = manualClock(Date.now());
      await run({ services: createTestServices({ database: await open(), clock }), clock });
    });
  }
});
