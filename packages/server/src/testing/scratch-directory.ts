import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const memory = '/dev/shm';

/** A new directory, in memory where there is some: most tests do not measure the disk. Removed when the process ends. */
export function scratchDirectory(): string {
  const path = mkdtempSync(join(isWritable(memory) ? memory : tmpdir(), 'wharf-test-'));
  process.once('exit', () => rmSync(path, { recursive: true, force: true }));
  return path;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
