import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { type LogSelection, resolveSelection } from './log-selection.ts';
import { countEntriesByKind } from './queries-read.ts';

const dayMs = 24 * 3600 * 1000;
/** A month of days, with the day on which it ends and a part of another. */
const mostDays = 33;

export interface DailyCount {
  readonly kind: string;
  /** Midnight, UTC. */
  readonly dayMs: number;
  readonly count: number;
}

/**
 * How many entries of each kind every day has. Day by day, each a short query, so that a big log holds up nobody else. Throws
 * `invalid_request` for a period of more than a month, and what resolveSelection throws.
 */
export async function countActionLogs(
  services: Pick<Services, 'database'>,
  input: LogSelection,
): Promise<DailyCount[]> {
  const { read, listing } = services.database;
  const filter = await resolveSelection(read, input);
  if (input.untilMs - input.fromMs > mostDays * dayMs) {
    throw new DomainError('invalid_request', 'Counts can be asked for a period of at most a month.');
  }
  const counts: DailyCount[] = [];
  for (let day = startOfDay(input.fromMs); day < input.untilMs; day += dayMs) {
    const fromMs = Math.max(day, input.fromMs);
    const untilMs = Math.min(day + dayMs, input.untilMs);
    const kinds = await countEntriesByKind(listing, { ...filter, fromMs, untilMs });
    counts.push(...kinds.map(({ kind, count }) => ({ kind, dayMs: day, count })));
  }
  return counts;
}

/** Midnight, UTC, of the day of an instant. */
function startOfDay(ms: number): number {
  return Math.floor(ms / dayMs) * dayMs;
}
