import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGroupSync } from './group-sync.ts';

/** A sync whose runs end when told. */
function manualSync() {
  const runs: PromiseWithResolvers<void>[] = [];
  const flush = createGroupSync(() => {
    const run = Promise.withResolvers<void>();
    runs.push(run);
    return run.promise;
  });
  return { runs, flush };
}

test('who asks while a sync runs waits for the next one', async () => {
  const { runs, flush } = manualSync();
  const done: string[] = [];
  const first = flush().then(() => done.push('first'));
  const later = [flush().then(() => done.push('second')), flush().then(() => done.push('third'))];
  assert.equal(runs.length, 1);
  runs[0]?.resolve();
  await first;
  assert.deepEqual(done, ['first']);
  assert.equal(runs.length, 2);
  runs[1]?.resolve();
  await Promise.all(later);
  assert.deepEqual(done, ['first', 'second', 'third']);
  assert.equal(runs.length, 2);
});

test('a sync that begins after the last one ended runs by itself', async () => {
  const { runs, flush } = manualSync();
  for (const n of [0, 1, 2]) {
    const flushed = flush();
    runs[n]?.resolve();
    await flushed;
  }
  assert.equal(runs.length, 3);
});

test('nothing is acknowledged after a failure', async () => {
  const { runs, flush } = manualSync();
  const first = flush();
  const second = flush();
  runs[0]?.reject(new Error('input/output error'));
  await assert.rejects(first, /input/);
  await assert.rejects(second, /input/);
  await assert.rejects(flush(), /input/);
  assert.equal(runs.length, 1);
});
