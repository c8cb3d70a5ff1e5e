import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWriteQueue } from '#/db/dialects/sqlite/write-queue.ts';

const limitMs = 20;
const giveUp = (): Error => new Error('gave up');

/** Keeps the event loop from everything, as a slow disk under a synchronous write does. */
function stall(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('a turn that was given while the process stalled is taken, not lost', async () => {
  const queue = createWriteQueue();
  await queue.enter(limitMs, giveUp);
  const second = queue.enter(limitMs, giveUp);
  // The limit of the second runs out between the end of the first turn and its own admission.
  stall(2 * limitMs);
  queue.leave();
  await second;
  queue.leave();
  await queue.enter(limitMs, giveUp);
  queue.leave();
});

test('who waits too long gives up, and the next in line is served', async () => {
  const queue = createWriteQueue();
  await queue.enter(limitMs, giveUp);
  await assert.rejects(queue.enter(limitMs, giveUp), /gave up/);
  const patient = queue.enter(60_000, giveUp);
  queue.leave();
  await patient;
  queue.leave();
});
