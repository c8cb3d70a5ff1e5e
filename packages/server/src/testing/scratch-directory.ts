import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const memory = '/dev/shm';
const made: string[] = [];

/** A new directory, in memory where there is some: most tests do not measure the disk. Removed when the process ends. */
export function scratchDirectory(): string {
  const path = mkdtempSync(join(isWritable(memory) ? memory : tmpdir(), 'wharf-test-'));
  // One listener for all of them: a test file makes more directories than an emitter takes listeners without a warning.
  if (made.length === 0) process.once('exit', removeAll);
  made.push(path);
  return path;
}

function removeAll(): void {
  for (const path of made) rmSync(path, { recursive: true, force: true });
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
