import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { mutants } from './mutants.ts';
import { plant } from './plant.ts';

const limitMs = 120_000;
const seed = 'm';
const episodes = 400;

/** What the model's program says about a copy of the product. */
function runModel(program: string): Promise<{ readonly status: number | null; readonly output: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number | null; output: string }>();
  const child = spawn(process.execPath, [program, seed, String(episodes)], {
    timeout: limitMs,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (piece: Buffer) => {
      output += piece;
    });
  }
  child.on('error', reject);
  child.on('close', (status) => resolve({ status, output }));
  return promise;
}

for (const mutant of mutants) {
  test(`the model finds: ${mutant.name}`, async () => {
    const { status, output } = await runModel(plant(mutant));
    assert.equal(status, 1, output);
    assert.match(output, /^episode \d+: WHARF_TEST_SEED=\S+ fails/);
  });
}

test('a patch that no longer applies fails', () => {
  const patches = [{ file: 'domain/blobs/leases.ts', from: 'not in there', to: '' }];
  assert.throws(() => plant({ patches }), /0 places/);
});
