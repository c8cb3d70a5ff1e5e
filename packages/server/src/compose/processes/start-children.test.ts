import assert from 'node:assert/strict';
import cluster from 'node:cluster';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createEventBus } from '#/platform/events.ts';
import { silentLogger } from '#/platform/logger.ts';
import { eventually } from '#/testing/eventually.ts';
import { forkChildren } from './start-children.ts';

test('an event of a process reaches the first one and every other process, once, and not itself', async () => {
  cluster.setupPrimary({
    exec: fileURLToPath(import.meta.resolve('#/testing/echoing-process.ts')),
    args: [],
  });
  const forwarded: number[] = [];
  const heard: number[] = [];
  const bus = createEventBus((event) => {
    if (event.kind === 'repository-changed') forwarded.push(event.repositoryId);
  });
  bus.subscribe((event) => {
    if (event.kind === 'repository-changed') heard.push(event.repositoryId);
  });
  const children = forkChildren(3, { events: () => bus, logger: silentLogger(), onDeath: () => {} });
  try {
    const { address } = await children.listen({
      ports: { plain: 0, tls: undefined, tlsProxy: undefined },
      ticketKeys: '',
      setupToken: undefined,
    });
    assert.equal(address, 'http://127.0.0.1:1');
    bus.deliver({ kind: 'repository-changed', repositoryId: 0 });
    const values = await eventually('two events for each of three processes', 10_000, async () => {
      const found = (await children.collect()).flatMap((snapshot) =>
        snapshot.flatMap((metric) => metric.values),
      );
      return found.length === 6 && found;
    });
    const pids = [...new Set(values.map(({ labels }) => Number(labels.to)))].sort();
    assert.equal(pids.length, 3);
    for (const pid of pids) {
      const from = values.filter(({ labels }) => labels.to === pid).map(({ labels }) => labels.from);
      assert.deepEqual(
        from.sort(),
        pids.filter((other) => other !== pid),
      );
    }
    assert.deepEqual(forwarded.sort(), pids, 'they go to other nodes too');
    assert.deepEqual(heard.slice(1).sort(), pids);
  } finally {
    await children.stop();
  }
});
