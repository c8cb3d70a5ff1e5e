import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonDepth } from '#/http/json-depth.ts';

test('counts arrays and objects, not what stands in strings', () => {
  for (const [text, depth] of [
    ['1', 0],
    ['[]', 1],
    ['{"a":[{}],"b":[]}', 3],
    ['"[[[["', 0],
    ['["\\"[[", []]', 2],
    ['['.repeat(5000), 5000],
  ] as const) {
    assert.equal(jsonDepth(text), depth, text.slice(0, 20));
  }
});
