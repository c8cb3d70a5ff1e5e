import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manualClock } from '#/platform/clock.ts';
import { createEventBus } from '#/platform/events.ts';
import { createRecentFacts } from './recent-facts.ts';

interface Fact {
  readonly version: number;
}

/** Facts over a source whose answers the test gives when it wants. */
function setUp(keep: (fact: Fact) => boolean = () => true) {
  const clock = manualClock(1_000_000);
  const events = createEventBus();
  const facts = createRecentFacts<Fact>({ clock, events }, keep);
  const pending: PromiseWithResolvers<Fact>[] = [];
  const get = (key = 'k') =>
    facts.get(key, () => {
      const answer = Promise.withResolvers<Fact>();
      pending.push(answer);
      return answer.promise;
    });
  return { clock, get, pending, revoke: () => events.publish({ kind: 'authority-changed' }) };
}

test('equal loads at the same time run once, later ones are held for 5 s from their beginning', async () => {
  const { clock, get, pending } = setUp();
  const [first, second] = [get(), get()];
  clock.advanceMs(3000);
  pending[0]?.resolve({ version: 1 });
  assert.deepEqual(await Promise.all([first, second]), [{ version: 1 }, { version: 1 }]);
  clock.advanceMs(1999);
  assert.deepEqual(await get(), { version: 1 });
  assert.equal(pending.length, 1);
  clock.advanceMs(1);
  const third = get();
  assert.equal(pending.length, 2);
  pending[1]?.resolve({ version: 2 });
  assert.deepEqual(await third, { version: 2 });
});

test('a load that an event overtakes is neither held nor joined', async () => {
  const { get, pending, revoke } = setUp();
  const before = get();
  revoke();
  const after = get();
  assert.equal(pending.length, 2);
  pending[1]?.resolve({ version: 2 });
  assert.deepEqual(await after, { version: 2 });
  pending[0]?.resolve({ version: 1 });
  assert.deepEqual(await before, { version: 1 });
  assert.deepEqual(await get(), { version: 2 });
});

test('an event drops what is held', async () => {
  const { get, pending, revoke } = setUp();
  const first = get();
  pending[0]?.resolve({ version: 1 });
  await first;
  revoke();
  const second = get();
  pending[1]?.resolve({ version: 2 });
  assert.deepEqual(await second, { version: 2 });
});

test('what is not to be kept, and failures, are asked again', async () => {
  const { get, pending } = setUp(({ version }) => version !== 0);
  const first = get();
  pending[0]?.resolve({ version: 0 });
  await first;
  const second = get();
  pending[1]?.reject(new Error('gone'));
  await assert.rejects(second, /gone/);
  const third = get();
  pending[2]?.resolve({ version: 3 });
  assert.deepEqual(await third, { version: 3 });
});

test('keys are apart', async () => {
  const { get, pending } = setUp();
  const [a, b] = [get('a'), get('b')];
  pending[0]?.resolve({ version: 1 });
  pending[1]?.resolve({ version: 2 });
  assert.deepEqual(await Promise.all([a, b]), [{ version: 1 }, { version: 2 }]);
});
