import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { HashingAnswer, HashingTask } from '#/platform/password-hasher-thread.ts';

/** One-way hashing of passwords, bounded: never more than cores - 1 at a time, with a bounded queue. */
export interface PasswordHasher {
  /** bcrypt text (`$2b$...`). Throws OverloadedError when the queue is full. */
  hash(password: string): Promise<string>;
  /** Whether the password is the one that was hashed; accepts `$2a$`, `$2b$`, `$2y$`. Throws OverloadedError when the queue is full. */
  verify(password: string, hash: string): Promise<boolean>;
  close(): Promise<void>;
}

/** The hashing queue is full; answer 429. */
export class OverloadedError extends Error {
  constructor() {
    super('too many log-ins at the same time');
    this.name = 'OverloadedError';
  }
}

interface Waiting {
  readonly task: HashingTask;
  readonly resolve: (value: string | boolean) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: Worker;
  current: Waiting | undefined;
}

/**
 * Hashes in threads of its own, so that neither the event loop nor libuv's pool (file reads, fsync) waits for bcrypt.
 * `queueLength` tasks may wait; `rounds` is bcrypt's cost.
 */
export function createPasswordHasher(
  options: { threads?: number; queueLength?: number; rounds?: number } = {},
): PasswordHasher {
  const limit = options.threads ?? Math.max(1, availableParallelism() - 1);
  const queueLength = options.queueLength ?? 200;
  const rounds = options.rounds ?? 12;
  const threads: Thread[] = [];
  const queue: Waiting[] = [];
  let nextId = 0;
  let closed = false;

  const fail = (thread: Thread, error: Error): void => {
    threads.splice(threads.indexOf(thread), 1);
    thread.current?.reject(error);
    thread.current = undefined;
    pump();
  };

  const startThread = (): Thread => {
    const worker = new Worker(new URL('./password-hasher-thread.ts', import.meta.url));
    worker.unref();
    const thread: Thread = { worker, current: undefined };
    worker.on('message', (answer: HashingAnswer) => {
      const done = thread.current;
      thread.current = undefined;
      worker.unref();
      done?.resolve(answer.value);
      pump();
    });
    worker.on('error', (error) => fail(thread, error instanceof Error ? error : new Error(String(error))));
    threads.push(thread);
    return thread;
  };

  const pump = (): void => {
    while (queue.length > 0 && !closed) {
      const idle =
        threads.find((thread) => thread.current === undefined) ??
        (threads.length < limit ? startThread() : undefined);
      if (idle === undefined) return;
      const next = queue.shift();
      if (next === undefined) return;
      idle.current = next;
      idle.worker.ref();
      idle.worker.postMessage(next.task);
    }
  };

  const run = (task: HashingTask): Promise<string | boolean> => {
    if (closed) return Promise.reject(new Error('the password hasher is closed'));
    if (queue.length >= queueLength) return Promise.reject(new OverloadedError());
    return new Promise((resolve, reject) => {
      queue.push({ task, resolve, reject });
      pump();
    });
  };

  return {
    async hash(password) {
      return String(await run({ id: nextId++, kind: 'hash', password, rounds }));
    },
    async verify(password, hash) {
      return (await run({ id: nextId++, kind: 'verify', password, hash })) === true;
    },
    async close() {
      closed = true;
      const error = new Error('the password hasher is closed');
      for (const waiting of queue.splice(0)) waiting.reject(error);
      await Promise.all(threads.map((thread) => thread.worker.terminate()));
      for (const thread of threads) thread.current?.reject(error);
    },
  };
}
