import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { silentLogger } from '#/platform/logger.ts';
import { freePort } from '#/testing/free-port.ts';
import { startTestRds, type TestRds } from '#/testing/rds.ts';
import { createRdsState } from './rds-state.ts';

describe('createRdsState', () => {
  let rds: TestRds;
  beforeEach(async () => {
    rds = await startTestRds();
  });
  afterEach(() => rds.stop());

  const open = (endpointUrl = rds.url) =>
    createRdsState(
      {
        instance: 'quay',
        region: 'eu-west-1',
        credentials: { accessKeyId: 'key-id', secretAccessKey: 'secret' },
        endpointUrl,
      },
      silentLogger(),
    );

  for (const state of ['available', 'failed', 'backing-up']) {
    test(`says "${state}" as RDS does`, async () => {
      rds.answer({ states: { other: 'stopped', quay: state } });
      assert.equal(await (await open())(), state);
      assert.match(rds.lastCredential() ?? '', /^key-id\/\d{8}\/eu-west-1\/rds\/aws4_request$/);
    });
  }

  test('an instance without a state is unknown', async () => {
    rds.answer({ states: { quay: '' } });
    assert.equal(await (await open())(), 'unknown');
  });

  test('an instance that RDS does not know, a refusal, silence and nobody there are errors', async () => {
    rds.answer({ states: { other: 'available' } });
    assert.equal(await (await open())(), 'error');
    rds.answer({ states: {}, fails: 'refuses' });
    assert.equal(await (await open())(), 'error');
    rds.answer({ states: {}, fails: 'hangs' });
    const startedAt = performance.now();
    assert.equal(await (await open())(), 'error');
    assert.ok(performance.now() - startedAt < 4_000, 'a monitor gets its answer in time');
    assert.equal(await (await open(`http://127.0.0.1:${await freePort()}`))(), 'error');
  });

  test('who asks at the same time gets the same answer', async () => {
    rds.answer({ states: { quay: 'available' } });
    const ask = await open();
    assert.deepEqual(await Promise.all([ask(), ask(), ask()]), ['available', 'available', 'available']);
    assert.equal(await ask(), 'available');
    assert.equal(rds.asked(), 1);
  });
});
