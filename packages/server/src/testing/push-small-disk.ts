import { execFileSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own that a test can fill up. */
export interface SmallDisk {
  readonly path: string;
  readonly kind: 'ext4' | 'tmpfs';
  /** Leaves at most so many bytes; 0 fills it to the last block. */
  fill(leaveBytes: number): void;
  /** Removes what `fill` wrote. */
  free(): void;
  /** Unmounts it; happens at the end of the process at the latest. */
  dispose(): void;
}

/** Mounts an image file, or memory where loop devices are missing; undefined where this process may not mount. */
export function mountSmallDisk(sizeBytes: number): SmallDisk | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const root = mkdtempSync(join(tmpdir(), 'wharf-disk-'));
  const path = join(root, 'mount');
  mkdirSync(path);
  const kind = attempt(() => mountImage(join(root, 'image'), path, sizeBytes))
    ? 'ext4'
    : attempt(() => run('mount', '-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs', path))
      ? 'tmpfs'
      : undefined;
  let mounted = kind !== undefined;
  const dispose = (): void => {
    // A process that still has a file open must not keep the mount for ever.
    if (mounted && !attempt(() => run('umount', path))) run('umount', '--lazy', path);
    mounted = false;
    rmSync(root, { recursive: true, force: true });
    process.off('exit', dispose);
  };
  process.once('exit', dispose);
  if (kind === undefined) {
    dispose();
    return undefined;
  }
  const ballast = join(path, 'ballast');
  return {
    path,
    kind,
    fill: (leaveBytes) => fillUp(ballast, leaveBytes),
    free: () => rmSync(ballast, { force: true }),
    dispose,
  };
}

function mountImage(image: string, path: string, sizeBytes: number): void {
  const file = openSync(image, 'w');
  ftruncateSync(file, sizeBytes);
  closeSync(file);
  run('mkfs.ext4', '-q', '-m', '0', image);
  run('mount', '-o', 'loop', image, path);
}

function fillUp(ballast: string, leaveBytes: number): void {
  const file = openSync(ballast, 'a');
  try {
    for (let pieceBytes = 1024 * 1024; pieceBytes >= 512; pieceBytes /= 2) {
      const piece = Buffer.alloc(pieceBytes, 1);
      while (freeBytes(ballast) - pieceBytes >= leaveBytes || leaveBytes === 0) {
        if (!attempt(() => writeSync(file, piece))) break;
      }
    }
  } finally {
    closeSync(file);
  }
}

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

function run(program: string, ...words: readonly string[]): void {
  execFileSync(program, words, { stdio: 'pipe', timeout: 30_000 });
}

function attempt(action: () => unknown): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}
