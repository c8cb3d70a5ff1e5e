import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DomainError } from '#/domain/errors.ts';
import { manualClock } from '#/platform/clock.ts';
import { createRemoteGuard } from './remote-guard.ts';

const open = (
  options: { readonly mostCalls?: number; readonly mostWaiting?: number; readonly timeoutMs?: number } = {},
) => {
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const guard = createRemoteGuard(clock, { title: 'The directory', timeoutMs: 60_000, ...options });
  return { clock, guard };
};
const codeOf = (error: unknown): string => (error instanceof DomainError ? error.code : String(error));
const outcome = (work: Promise<unknown>): Promise<string> => work.then(String, codeOf);
const broken = (): Promise<never> => Promise.reject(new Error('connection refused'));

test('a bounded number of calls runs, a bounded number waits, the rest is refused', async () => {
  const { guard } = open({ mostCalls: 2, mostWaiting: 1 });
  const held = Promise.withResolvers<string>();
  let started = 0;
  const call = () =>
    outcome(
      guard.run(() => {
        started += 1;
        return held.promise;
      }),
    );
  const calls = [call(), call(), call()];
  assert.equal(await call(), 'overloaded');
  assert.equal(started, 2);
  held.resolve('done');
  assert.deepEqual(await Promise.all(calls), ['done', 'done', 'done']);
  assert.equal(started, 3);
});

test('after a failure nobody is asked for 1 s, then 2, 4, ... at most 30', async () => {
  const { guard, clock } = open();
  let asked = 0;
  const ask = () =>
    outcome(
      guard.run(() => {
        asked += 1;
        return broken();
      }),
    );
  for (const restMs of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
    const before = asked;
    assert.equal(await ask(), 'directory_unavailable');
    assert.equal(asked, before + 1);
    clock.advanceMs(restMs - 1);
    assert.equal(await ask(), 'directory_unavailable');
    assert.equal(asked, before + 1, `${restMs} ms`);
    clock.advanceMs(1);
  }
  assert.equal(await outcome(guard.run(async () => 'well')), 'well');
  assert.equal(await ask(), 'directory_unavailable');
  clock.advanceMs(1000);
  assert.equal(await outcome(guard.run(async () => 'well')), 'well', 'it starts anew');
});

test('calls that failed together are one failure', async () => {
  const { guard, clock } = open();
  await Promise.all(Array.from({ length: 10 }, () => outcome(guard.run(broken))));
  clock.advanceMs(1000);
  assert.equal(await outcome(guard.run(async () => 'well')), 'well');
});

test('one call at a time finds out whether it is back', async () => {
  const { guard, clock } = open();
  await outcome(guard.run(broken));
  clock.advanceMs(1000);
  const held = Promise.withResolvers<string>();
  const probe = outcome(guard.run(() => held.promise));
  assert.equal(await outcome(guard.run(async () => 'well')), 'directory_unavailable');
  held.resolve('well');
  assert.equal(await probe, 'well');
  assert.equal(await outcome(guard.run(async () => 'well')), 'well');
});

test('who waits is refused with the first failure', async () => {
  const { guard } = open({ mostCalls: 1 });
  const held = Promise.withResolvers<never>();
  const first = outcome(guard.run(() => held.promise));
  const second = outcome(guard.run(async () => 'well'));
  held.reject(new Error('reset'));
  assert.deepEqual(await Promise.all([first, second]), ['directory_unavailable', 'directory_unavailable']);
});

test('a refusal is an answer', async () => {
  const { guard } = open();
  const refuse = () => Promise.reject(new DomainError('invalid_credentials', 'no'));
  assert.equal(await outcome(guard.run(refuse)), 'invalid_credentials');
  assert.equal(await outcome(guard.run(async () => 'well')), 'well');
});

test('a call out of time is told so and counts as a failure', async () => {
  const { guard } = open({ timeoutMs: 20 });
  let aborted = false;
  const result = guard.run(
    (signal) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          aborted = true;
          reject(new Error('aborted'));
        });
      }),
  );
  assert.equal(await outcome(result), 'directory_unavailable');
  assert.ok(aborted);
  assert.equal(await outcome(guard.run(async () => 'well')), 'directory_unavailable');
});

test('closing ends what runs and refuses the rest', async () => {
  const { guard } = open({ mostCalls: 1 });
  const calls = [1, 2].map(() => outcome(guard.run(() => new Promise(() => undefined))));
  guard.close();
  assert.deepEqual(await Promise.all(calls), ['directory_unavailable', 'directory_unavailable']);
  assert.equal(await outcome(guard.run(async () => 'well')), 'directory_unavailable');
});
