import type { LoadCase, Operation, Sample } from '#/cases/bench-case.ts';
import { type Connection, openConnection } from '#/http/connection.ts';
import { watchUsage } from '#/process/watch-usage.ts';
import { percentile } from '#/statistics.ts';
import type { Target } from '#/targets/target.ts';

/** Share of the most operations of a measurement that warms a server up before the first round, and the longest time of it. */
const warmUpShare = 0.5;
const warmUpSeconds = 4;

/** A load case on one running server, to be measured as often as wanted. */
export interface PreparedLoad {
  measure(): Promise<Sample>;
  close(): void;
}

/** Opens the connections and sends a first, unmeasured, shorter load. */
export async function prepareLoad(
  load: LoadCase,
  target: Target,
  operation: Operation,
  seconds: number,
): Promise<PreparedLoad> {
  const connections = Array.from({ length: load.connections }, () => openConnection(target.url));
  let index = 0;

  async function run(limits: { seconds: number; operations: number }): Promise<Sample> {
    const latenciesMs: number[] = [];
    let bytes = 0;
    let begun = 0;
    const watch = target.pid === undefined ? undefined : watchUsage(target.pid);
    const generatorCpu = process.cpuUsage();
    const startedAt = performance.now();
    const endsAt = startedAt + limits.seconds * 1000;

    async function work(connection: Connection): Promise<void> {
      while (begun < limits.operations) {
        const begunAt = performance.now();
        if (begunAt >= endsAt) return;
        begun += 1;
        index += 1;
        const moved = await operation(connection, index);
        bytes += moved;
        latenciesMs.push(performance.now() - begunAt);
      }
    }

    await Promise.all(connections.map(work));
    const elapsedSeconds = (performance.now() - startedAt) / 1000;
    const usage = watch?.stop();
    const { user, system } = process.cpuUsage(generatorCpu);
    const count = latenciesMs.length;
    return {
      perSecond: count / elapsedSeconds,
      ...(bytes === 0 ? {} : { megabytesPerSecond: bytes / 1e6 / elapsedSeconds }),
      p50Ms: percentile(latenciesMs, 0.5),
      p90Ms: percentile(latenciesMs, 0.9),
      p99Ms: percentile(latenciesMs, 0.99),
      ...(usage === undefined
        ? {}
        : {
            cpuMs: (usage.cpuSeconds * 1000) / count,
            peakMegabytes: usage.peakResidentBytes / 1e6,
          }),
      generatorCpuMs: (user + system) / 1000 / count,
    };
  }

  const operations = load.maxOperations ?? Number.POSITIVE_INFINITY;
  // Code that has run a few times only is interpreted still: short requests need some thousands to be at their speed.
  await run({ seconds: warmUpSeconds, operations: Math.ceil(operations * warmUpShare) });
  return {
    measure: () => run({ seconds, operations }),
    close() {
      for (const connection of connections) connection.close();
    },
  };
}
