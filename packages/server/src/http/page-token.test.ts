import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createPageTokens } from '#/http/page-token.ts';
import { manualClock } from '#/platform/clock.ts';

const key = randomBytes(32);

test('a cursor survives the round trip for two days, in its own list only', () => {
  const clock = manualClock(1_000_000);
  const tokens = createPageTokens(key, 'catalog', clock.nowMs);
  const token = tokens.seal({ after: 'acme/app' });
  assert.deepEqual(tokens.open(token), { after: 'acme/app' });
  assert.equal(createPageTokens(key, 'tags', clock.nowMs).open(token), undefined);
  assert.equal(createPageTokens(randomBytes(32), 'catalog', clock.nowMs).open(token), undefined);
  clock.advanceMs(2 * 24 * 3600 * 1000 + 1);
  assert.equal(tokens.open(token), undefined);
});

test('texts that were not sealed here open to nothing', () => {
  const tokens = createPageTokens(key, 'tags', () => 0);
  for (const text of ['', 'latest', 'v1.2.3', randomBytes(64).toString('base64url')]) {
    assert.equal(tokens.open(text), undefined, text);
  }
});
