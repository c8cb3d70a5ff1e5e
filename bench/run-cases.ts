import type { BenchCase, LoadCase, Sample } from '#/cases/bench-case.ts';
import { type PreparedLoad, prepareLoad } from '#/measure-load.ts';
import type { Options } from '#/options.ts';
import type { Result } from '#/report/results.ts';
import type { Target, TargetKind } from '#/targets/target.ts';

/** One server within a case: what it has measured so far, or why it cannot. */
interface Contestant {
  readonly kind: TargetKind;
  readonly samples: Sample[];
  problem?: string;
  measure?: () => Promise<Sample>;
  close?: () => Promise<void>;
}

/**
 * Runs a case on every server that it applies to. Servers start fresh for the case, run side by side and are measured in turn, each round in
 * another order, so that whatever else the machine does meets all of them alike. A failure is a result and stops nothing else.
 */
export async function runCase(
  benchCase: BenchCase,
  kinds: readonly TargetKind[],
  options: Options,
  progress: (text: string) => void,
): Promise<readonly Result[]> {
  const contestants: Contestant[] = kinds
    .filter((kind) => benchCase.appliesTo(kind))
    .map((kind) => ({ kind, samples: [] }));
  for (const contestant of contestants) {
    await attempt(contestant, async () => {
      if (benchCase.kind === 'load') await startLoad(contestant, benchCase, options);
      else contestant.measure = () => benchCase.measure(contestant.kind, options);
    });
  }
  const rounds = benchCase.kind === 'single' && benchCase.once === true ? 1 : options.rounds;
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? contestants : contestants.toReversed();
    for (const contestant of order) {
      const { measure } = contestant;
      if (measure === undefined || contestant.problem !== undefined) continue;
      await attempt(contestant, async () => {
        const sample = await measure();
        contestant.samples.push(sample);
        progress(`${benchCase.name} ${round + 1}/${rounds} ${contestant.kind.name}: ${describe(sample)}`);
      });
    }
  }
  for (const contestant of contestants) await contestant.close?.();
  return contestants.map(({ kind, samples, problem }) => ({
    benchCase,
    server: kind.name,
    role: kind.role,
    samples,
    ...(problem === undefined ? {} : { problem }),
  }));

  async function attempt(contestant: Contestant, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      contestant.problem = error instanceof Error ? error.message : String(error);
      progress(`${benchCase.name} ${contestant.kind.name} failed: ${contestant.problem}`);
    }
  }
}

async function startLoad(contestant: Contestant, load: LoadCase, options: Options): Promise<void> {
  const target: Target = await contestant.kind.start();
  let prepared: PreparedLoad | undefined;
  contestant.close = async () => {
    prepared?.close();
    await target.dispose();
  };
  prepared = await prepareLoad(load, target, await load.prepare(target, options), options.seconds);
  contestant.measure = prepared.measure;
}

function describe(sample: Sample): string {
  return Object.entries(sample)
    .map(([name, value]) => `${name} ${value.toPrecision(4)}`)
    .join(', ');
}
