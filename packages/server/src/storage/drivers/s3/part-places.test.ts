import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { createPartPlaces, type PartPlace, type PartPlaces } from './part-places.ts';

/** Asks for a place and tells the log when it is there. */
function ask(
  places: PartPlaces,
  log: string[],
  name: string,
  bytes: number,
  slow = false,
): Promise<PartPlace> {
  const onReclaim = (): void => void log.push(`${name} is asked`);
  const taking = slow ? places.take(bytes, onReclaim) : places.take(bytes);
  return taking.then((place) => {
    log.push(name);
    return place;
  });
}

const turn = (): Promise<void> => new Promise(setImmediate);

describe('createPartPlaces', () => {
  test('gives places in the order of asking, never more than there are', async () => {
    const places = createPartPlaces(10, 60_000);
    const log: string[] = [];
    const first = await ask(places, log, 'first', 6);
    const second = ask(places, log, 'second', 6);
    const third = ask(places, log, 'third', 3);
    await turn();
    assert.deepEqual(log, ['first'], 'a small one does not overtake');
    first.release();
    first.release();
    await Promise.all([second, third]);
    assert.deepEqual(log, ['first', 'second', 'third']);
    const fourth = ask(places, log, 'fourth', 2);
    await turn();
    assert.equal(log.length, 3, 'a place is given back once only');
    (await third).release();
    (await fourth).release();
    (await second).release();
  });

  test('a part that is larger than everything gets everything', async () => {
    const places = createPartPlaces(10, 60_000);
    const log: string[] = [];
    const small = await ask(places, log, 'small', 1);
    const large = ask(places, log, 'large', 100);
    const last = ask(places, log, 'last', 1);
    await turn();
    assert.deepEqual(log, ['small']);
    small.release();
    (await large).release();
    await last;
    assert.deepEqual(log, ['small', 'large', 'last']);
  });

  const withTimers = (t: TestContext): void => t.mock.timers.enable({ apis: ['setTimeout'] });

  test('asks the slow ones, oldest first, no more of them than wait, and each once', async (t) => {
    const places = createPartPlaces(4, 0);
    withTimers(t);
    const log: string[] = [];
    const held = await Promise.all(['a', 'b', 'c', 'd'].map((name) => ask(places, log, name, 1, true)));
    t.mock.timers.tick(60_000);
    assert.equal(log.length, 4, 'nobody waits, nobody is asked');
    const waiting = ask(places, log, 'e', 1);
    held[0]?.settle();
    t.mock.timers.tick(60_000);
    assert.deepEqual(log.slice(4), ['b is asked'], 'a waits for the store only, one place is enough');
    const another = ask(places, log, 'f', 1);
    t.mock.timers.tick(60_000);
    assert.deepEqual(log.slice(4), ['b is asked', 'c is asked']);
    held[1]?.release();
    held[2]?.release();
    await Promise.all([waiting, another]);
    assert.deepEqual(log.slice(6), ['e', 'f']);
  });

  test('leaves those alone that gather since a short time, or cannot stop in the middle', async (t) => {
    const places = createPartPlaces(2, 10_000);
    withTimers(t);
    const log: string[] = [];
    await ask(places, log, 'whole object', 1);
    const young = await ask(places, log, 'young', 1, true);
    const waiting = ask(places, log, 'waiting', 1);
    t.mock.timers.tick(9_000);
    assert.deepEqual(log, ['whole object', 'young']);
    young.release();
    await waiting;
  });
});
