import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { hashSync, verifySync } from '@node-rs/bcrypt';

/** A task for a hashing thread; the answer carries the same id. */
export type HashingTask =
  | { readonly id: number; readonly kind: 'hash'; readonly password: string; readonly rounds: number }
  | { readonly id: number; readonly kind: 'verify'; readonly password: string; readonly hash: string };

export interface HashingAnswer {
  readonly id: number;
  readonly value: string | boolean;
}

yieldToOthers();

parentPort?.on('message', (task: HashingTask) => {
  const value =
    task.kind === 'hash'
      ? hashSync(task.password, { cost: task.rounds })
      : verifyOrFalse(task.password, task.hash);
  parentPort?.postMessage({ id: task.id, value } satisfies HashingAnswer);
});

function verifyOrFalse(password: string, hash: string): boolean {
  try {
    return verifySync(password, hash);
  } catch {
    // A text that is no bcrypt hash matches no password.
    return false;
  }
}

/**
 * Linux schedules threads one by one: hashing takes what serving leaves, so that a storm of log-ins slows down itself and not the
 * pulls. Elsewhere it stays at the priority of the process.
 */
function yieldToOthers(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), 10);
  } catch {
    // No such file or no permission: the limit on the number of threads alone must do.
  }
}
