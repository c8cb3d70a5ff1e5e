import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatabaseUnavailableError } from '#/db/database.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';
import { blobLinkExpiry, queueCleanup, startWorkers, type Worker } from '#/workers/index.ts';

interface Probe extends Worker {
  readonly runs: number;
  reached(runs: number): Promise<void>;
}

/** A worker that counts its runs and does `work` in each. */
function probe(periodMs: number, work: (run: number, signal: AbortSignal) => Promise<void>): Probe {
  let runs = 0;
  const waiting: { readonly runs: number; readonly resolve: () => void }[] = [];
  return {
    name: 'probe',
    periodMs,
    get runs() {
      return runs;
    },
    reached: (wanted) => new Promise((resolve) => waiting.push({ runs: wanted, resolve })),
    async run(_services, signal) {
      runs += 1;
      for (const { runs: wanted, resolve } of waiting) if (runs >= wanted) resolve();
      await work(runs, signal);
    },
  };
}

eachDatabase('workers', (open) => {
  test('an error never stops the schedule, and runs do not overlap', async () => {
    const services = createTestServices({ database: await open() });
    let active = 0;
    const worker = probe(1, async (run) => {
      active += 1;
      assert.equal(active, 1);
      await new Promise((resolve) => setImmediate(resolve));
      active -= 1;
      if (run === 1) throw new Error('broken');
      if (run === 2) throw new DatabaseUnavailableError('read-only', { readOnly: true });
    });
    const reached = worker.reached(4);
    // Schedules do not keep a process alive by themselves.
    const awake = setInterval(() => undefined, 1000);
    const running = startWorkers(services, [worker], { stagger: true });
    await reached;
    await running.stop();
    clearInterval(awake);
    const { runs } = worker;
    assert.equal(active, 0);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(worker.runs, runs);
  });

  test('stop waits for the step that runs', async () => {
    const services = createTestServices({ database: await open() });
    let ended = false;
    const worker = probe(60_000, async (_run, signal) => {
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      await new Promise((resolve) => setImmediate(resolve));
      ended = true;
    });
    const started = worker.reached(1);
    const running = startWorkers(services, [worker], { stagger: false });
    await started;
    await running.stop();
    assert.ok(ended);
  });

  test('a read-only registry runs nothing', async () => {
    const services = createTestServices({ database: await open(), settings: { readOnly: true } });
    const worker = probe(1, async () => {});
    const running = startWorkers(services, [worker], { stagger: false });
    await running.stop();
    assert.equal(worker.runs, 0);
  });

  test('the workers run on an empty registry', async () => {
    const services = createTestServices({ database: await open() });
    const { signal } = new AbortController();
    await blobLinkExpiry().run(services, signal);
    await queueCleanup().run(services, signal);
  });
});
