import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const script = fileURLToPath(new URL('../../../testing/committing-process.ts', import.meta.url));

/** The interesting system calls of a process that commits once, in their order. */
async function traceCommit(durability: string): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'wharf-test-'));
  try {
    const uri = `sqlite:///${join(directory, 'wharf.db')}`;
    const calls = 'trace=write,writev,pwrite64,fdatasync,fsync';
    const { stderr } = await execute('strace', [
      '-f',
      '-y',
      '-e',
      calls,
      process.execPath,
      script,
      uri,
      durability,
    ]);
    const lines = stderr.split('\n');
    const from = lines.findIndex((line) => line.includes('"begin"'));
    const to = lines.findIndex((line) => line.includes('"acknowledged"'));
    assert.ok(from !== -1 && to > from, stderr.slice(-2000));
    return lines.slice(from, to).flatMap((line) => {
      if (!line.includes('wharf.db-wal')) return [];
      return [line.includes('pwrite64(') ? 'write' : 'sync'];
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const strace = await execute('strace', ['-V']).then(
  () => true,
  () => false,
);
const skip = strace ? false : 'needs strace';

test('a durable commit is on the disk before it is acknowledged', { skip }, async () => {
  const calls = await traceCommit('durable');
  assert.ok(calls.includes('write'));
  assert.equal(calls.at(-1), 'sync');
});

test('a relaxed commit does not wait for the disk', { skip }, async () => {
  const calls = await traceCommit('relaxed');
  assert.equal(calls.at(-1), 'write');
});
