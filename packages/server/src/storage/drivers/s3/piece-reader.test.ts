import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createPieceReader } from './piece-reader.ts';

describe('createPieceReader', () => {
  test('a piece stays the next one until it is taken; empty ones are left out', async () => {
    async function* source(): AsyncGenerator<Buffer> {
      for (const text of ['', 'a', '', 'b']) yield Buffer.from(text);
    }
    const reader = createPieceReader(source());
    const seen = async (): Promise<string | undefined> => (await reader.peek()).piece?.toString();
    assert.deepEqual([await seen(), await seen()], ['a', 'a']);
    reader.take();
    assert.equal(await seen(), 'b');
    reader.take();
    assert.deepEqual(await reader.peek(), { failure: undefined });
    reader.take();
    assert.deepEqual(await reader.peek(), { failure: undefined }, 'the end stays the end');
  });

  test('an error of the source is its end', async () => {
    const error = new Error('gone');
    // biome-ignore lint/correctness/useYield: a source that fails at once
    async function* source(): AsyncGenerator<Buffer> {
      throw error;
    }
    const reader = createPieceReader(source());
    assert.deepEqual(await reader.peek(), { failure: { error } });
  });

  test('stopping closes the source, and does not wait for one that is silent', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<string>();
    async function* source(): AsyncGenerator<Buffer> {
      try {
        yield Buffer.from('a');
        yield Buffer.from('b');
      } finally {
        resolve('closed');
      }
    }
    const reader = createPieceReader(source());
    await reader.peek();
    reader.stop();
    assert.equal(await closed, 'closed');
    const silent = createPieceReader({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: () => Promise.reject(new Error('not now')),
      }),
    });
    void silent.peek();
    silent.stop();
    await new Promise(setImmediate);
  });
});
