import type { BenchCase, Sample } from '#/cases/bench-case.ts';
import { median } from '#/statistics.ts';
import type { Role } from '#/targets/target.ts';

/** All rounds of one case on one server; `problem` says why there are none. */
export interface Result {
  readonly benchCase: BenchCase;
  readonly server: string;
  readonly role: Role;
  readonly samples: readonly Sample[];
  readonly problem?: string;
}

/** The median over the rounds of each number. */
export function medians({ samples }: Result): Sample {
  const names = new Set(samples.flatMap((sample) => Object.keys(sample)));
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      median(samples.map((sample) => sample[name]).filter((value) => value !== undefined)),
    ]),
  );
}
