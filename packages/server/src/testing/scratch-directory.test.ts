import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { scratchDirectory } from './scratch-directory.ts';

test('many directories share one listener of the end of the process', () => {
  const before = process.listenerCount('exit');
  const paths = Array.from({ length: 12 }, () => scratchDirectory());
  assert.equal(process.listenerCount('exit'), before + 1);
  assert.equal(new Set(paths).size, 12);
  assert.ok(paths.every((path) => existsSync(path)));
});
