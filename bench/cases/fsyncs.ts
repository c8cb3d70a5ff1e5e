import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchCase, onRegistries } from '#/cases/bench-case.ts';
import { openDestination, pushImage } from '#/cases/push.ts';
import { openConnection } from '#/http/connection.ts';
import { findProgram } from '#/process/find-program.ts';
import type { Target } from '#/targets/target.ts';

const pushes = 40;

/** Calls of fsync and fdatasync for each push of an image with a layer of 1 MiB, one at a time and eight at once. */
export const fsyncCase: BenchCase = {
  kind: 'single',
  name: 'fsyncs',
  title: 'fsync and fdatasync calls a push, 1 MiB',
  once: true,
  appliesTo: onRegistries,
  async measure(kind) {
    const strace = findProgram('strace');
    if (strace === undefined) throw new Error('strace is not installed');
    const target = await kind.start();
    try {
      return {
        fsyncsAlone: await countSyncs(strace, target, 1),
        fsyncsTogether: await countSyncs(strace, target, 8),
      };
    } finally {
      await target.dispose();
    }
  },
};

async function countSyncs(program: string, target: Target, width: number): Promise<number> {
  if (target.pid === undefined) return Number.NaN;
  const destination = await openDestination(target);
  const connections = Array.from({ length: width }, () => openConnection(target.url));
  let index = 0;
  const pushAll = async (count: number): Promise<void> => {
    const end = index + count;
    await Promise.all(
      connections.map(async (connection) => {
        while (index < end) {
          index += 1;
          await pushImage(connection, destination, index, 1, 'streamed');
        }
      }),
    );
  };
  // Folders and rows that only the first pushes make are not counted.
  await pushAll(width * 2);
  const trace = await traceSyncs(program, target.pid);
  await pushAll(pushes);
  const calls = await trace.stop();
  for (const connection of connections) connection.close();
  return calls / pushes;
}

async function traceSyncs(program: string, pid: number): Promise<{ stop(): Promise<number> }> {
  const directory = await mkdtemp(join(tmpdir(), 'wharf-bench-'));
  const file = join(directory, 'calls');
  const strace = spawn(program, ['-f', '-e', 'trace=fsync,fdatasync', '-o', file, '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await once(strace.stderr, 'data');
  return {
    async stop() {
      const exited = once(strace, 'exit');
      strace.kill('SIGINT');
      await exited;
      // A call that another thread interrupts is written in two lines; only its beginning has the parenthesis.
      const calls = (await readFile(file, 'latin1')).match(/\b(fsync|fdatasync)\(/g)?.length ?? 0;
      await rm(directory, { recursive: true });
      return calls;
    },
  };
}
