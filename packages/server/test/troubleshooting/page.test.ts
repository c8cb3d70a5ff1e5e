import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sectionsWithMessages } from './page.ts';

test('the messages of each section are produced by a test', () => {
  const sources = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'));
  const checked = sources.flatMap((source) =>
    [...source.matchAll(/checkSection\(\s*'([^']+)'/g)].map(([, title = '']) => title),
  );
  assert.deepEqual(checked.sort(), sectionsWithMessages().sort());
});
