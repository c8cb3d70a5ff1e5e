import type { BenchCase } from '#/cases/bench-case.ts';
import { median } from '#/statistics.ts';

export const startCase: BenchCase = {
  kind: 'single',
  name: 'start',
  title: 'start to first answer, warm',
  appliesTo: (kind) => kind.measureStart !== undefined,
  async measure(kind) {
    return { startMs: median((await kind.measureStart?.(3)) ?? []) };
  },
};
