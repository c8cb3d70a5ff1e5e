import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '#/process/find-program.ts';
import { median } from '#/statistics.ts';

/** What the machine itself can do, whatever serves on it. */
export interface MachineLimits {
  readonly cores: number;
  readonly processor: string;
  readonly kernel: string;
  readonly node: string;
  readonly loadAverage: number;
  /** One thread; undefined without openssl. */
  readonly sha256MegabytesPerSecond: number | undefined;
  readonly writeMegabytesPerSecond: number;
  /** One small write and fdatasync. */
  readonly syncMs: number;
}

/** Measures for about two seconds. */
export async function measureMachine(): Promise<MachineLimits> {
  const [loadAverage = 0] = loadavg();
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    kernel: release(),
    node: process.versions.node,
    loadAverage,
    sha256MegabytesPerSecond: measureSha256(),
    ...(await measureDisk()),
  };
}

function measureSha256(): number | undefined {
  const openssl = findProgram('openssl');
  if (openssl === undefined) return undefined;
  const { stdout, status } = spawnSync(
    openssl,
    ['speed', '-mr', '-seconds', '1', '-bytes', '16384', 'sha256'],
    {
      encoding: 'utf8',
      timeout: 20_000,
    },
  );
  const bytesPerSecond = /^\+F:\d+:sha256:([\d.]+)/m.exec(stdout ?? '')?.[1];
  return status !== 0 || bytesPerSecond === undefined ? undefined : Number(bytesPerSecond) / 1e6;
}

async function measureDisk(): Promise<{ writeMegabytesPerSecond: number; syncMs: number }> {
  const directory = await mkdtemp(join(tmpdir(), 'wharf-bench-'));
  const handle = await open(join(directory, 'file'), 'w');
  const block = randomBytes(100 * 1024 * 1024);
  const rates: number[] = [];
  const syncs: number[] = [];
  try {
    for (let round = 0; round < 3; round += 1) {
      await handle.truncate(0);
      const startedAt = performance.now();
      await handle.write(block, 0, block.length, 0);
      await handle.sync();
      rates.push(block.length / 1000 / (performance.now() - startedAt));
    }
    for (let round = 0; round < 20; round += 1) {
      const startedAt = performance.now();
      await handle.write(block, 0, 4096, block.length + round * 4096);
      await handle.datasync();
      syncs.push(performance.now() - startedAt);
    }
  } finally {
    await handle.close();
    await rm(directory, { recursive: true });
  }
  return { writeMegabytesPerSecond: median(rates), syncMs: median(syncs) };
}
