import assert from 'node:assert/strict';
import type { Digest } from '@wharf/oci';
import type { Database } from '#/db/database.ts';
import { createOrganization, createUser } from '#/domain/namespaces/index.ts';
import { manualClock } from '#/platform/clock.ts';
import type { MemoryStore } from '#/storage/drivers/memory.ts';
import { blobPath } from '#/storage/paths.ts';
import { checkInvariants } from '#/testing/invariants.ts';
import { createRandom, type Random } from '#/testing/push-random.ts';
import { actions, blobActions, makeRepository, rounds, type World } from './actions.ts';
import { checkScan } from './check-scan.ts';
import { makeContents } from './content.ts';
import { Model } from './model.ts';
import { atRemoval, createNode } from './node.ts';
import { Schedule } from './schedule.ts';

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const temporarySeconds = 20 * 60;
/** How far the clock of the second node is ahead. */
const skewMs = 10 * secondMs;
const mostTasks = 5;
const actionsPerEpisode = 60;

/** Leases of pushes, of deleters, of links and of the time machine run out in between. */
const jumpsMs = [secondMs, 40 * secondMs, 3 * minuteMs, 3 * minuteMs, 17 * minuteMs, 21 * minuteMs];

/**
 * One random history of clients and background work of two nodes, over a database and store that hold nothing else. Throws, with the seed
 * and the last steps, when anything that clients were promised is gone at any moment, or anything else is left in the end.
 */
export async function runEpisode(database: Database, seed: string): Promise<void> {
  const random = createRandom(seed);
  const schedule = new Schedule(random);
  const realRandom = Math.random;
  Math.random = () => random.below(1_000_000) / 1_000_000;
  try {
    await play(database, random, schedule);
  } catch (error) {
    throw new Error(
      `WHARF_TEST_SEED=${seed} fails: ${error instanceof Error ? error.message : error}\n${schedule.trace}`,
      {
        cause: error,
      },
    );
  } finally {
    Math.random = realRandom;
  }
}

async function play(database: Database, random: Random, schedule: Schedule): Promise<void> {
  const store: MemoryStore = new Map();
  const clock = manualClock(1_700_000_000_000);
  const ahead = { nowMs: () => clock.nowMs() + skewMs };
  const node = (own: typeof ahead) => createNode({ database, store, schedule, clock: own, temporarySeconds });
  const nodes = [node(clock), node(ahead)];
  const [first = node(clock)] = nodes;
  const windowMs = random.pick([0, 10 * minuteMs]);
  const owner = await createUser(first, { name: 'owner' });
  const organization = await createOrganization(first, { name: 'acme', ownerId: owner.id });
  await database.transaction((db) =>
    db
      .updateTable('accounts')
      .set({ tag_expiration_s: windowMs / secondMs })
      .execute(),
  );
  const contents = makeContents(1 + random.below(1_000_000));
  const isAboutBlobs = random.below(3) === 0;
  const world: World = {
    model: new Model(),
    schedule,
    random,
    nodes,
    contents: isAboutBlobs ? contents.slice(0, 1) : contents,
    namespace: { id: organization.id, name: organization.name, windowMs },
    temporaryMs: temporarySeconds * secondMs,
  };
  for (let n = 0; n < 2; n += 1) await makeRepository(world, first);

  let started = 0;
  while (started < actionsPerEpisode || schedule.size > 0) {
    const mayStart = started < actionsPerEpisode && schedule.size < mostTasks;
    const choice = random.below(40);
    if (mayStart && (schedule.size === 0 || choice < 10)) {
      const [name, action] = random.pick(isAboutBlobs ? blobActions : actions);
      started += 1;
      const at = random.below(nodes.length);
      schedule.start(`${started} ${name} on ${at}`, () => action(world, nodes[at] ?? first));
    } else if (choice === 39) {
      // Past its fence a deleter removes within the margin, or it does not remove at all: that much the design takes for granted.
      const ms = schedule.isAnyAt(atRemoval) ? secondMs : random.pick(jumpsMs);
      clock.advanceMs(ms);
      schedule.note(`clock +${ms / secondMs} s`);
    } else {
      await schedule.step();
    }
    checkStore(world, store, ahead.nowMs());
  }

  await drain(world, windowMs, clock);
  await checkScan(database, world, store, clock.nowMs());
  const listStored = async () => ({ objects: [...store.keys()], uploads: [] });
  await checkInvariants(nodes[0] ?? first, listStored);
}

/** After every step: what a client was told that it has is in the store. */
function checkStore({ model }: World, store: MemoryStore, nowMs: number): void {
  for (const digest of model.keptBlobs(nowMs).keys()) {
    assert.ok(store.has(blobPath(digest as Digest)), `${digest} is lost`);
  }
}

/** All time that anything may be kept for goes by, then each round of background work runs a bounded number of times. */
async function drain(world: World, windowMs: number, clock: { advanceMs(ms: number): void }): Promise<void> {
  clock.advanceMs(windowMs + 26 * 60 * minuteMs);
  for (let round = 0; round < 4; round += 1) {
    for (const services of world.nodes) {
      for (const work of rounds) await work(world, services);
    }
    clock.advanceMs(2 * minuteMs);
  }
}
