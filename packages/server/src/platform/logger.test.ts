import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../testing/logging-process.ts', import.meta.url));
const all = Array.from({ length: 200 }, (_, line) => line);

function start(way: string) {
  const child = spawn(process.execPath, [script, way], { stdio: ['pipe', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    child.emit('logged');
  });
  const numbers = () =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { line: number }).line);
  return { child, numbers, hasAll: () => text.split('\n').length > all.length };
}

for (const way of ['exit', 'throw', 'drain', 'end']) {
  test(`every line is written, in order, when the process ends: ${way}`, async () => {
    const { child, numbers } = start(way);
    await once(child, 'close');
    assert.deepEqual(numbers(), all);
  });
}

test('the last lines do not wait for others', async () => {
  const { child, numbers, hasAll } = start('wait');
  while (!hasAll()) await once(child, 'logged', { signal: AbortSignal.timeout(10_000) });
  assert.deepEqual(numbers(), all);
  child.stdin.end();
  await once(child, 'close');
});
