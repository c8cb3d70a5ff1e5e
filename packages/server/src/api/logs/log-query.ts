import { z } from 'zod';

const dayMs = 24 * 3600 * 1000;

/** Period of every log operation: `MM/DD/YYYY`, in UTC, the end day inclusive; a date that cannot be read counts as absent (REST reference 9.29). */
export const periodQuery = z.object({ starttime: z.string().optional(), endtime: z.string().optional() });

/** Beside the period: name of the user or robot who acted. */
export const performerQuery = periodQuery.extend({
  performer: z
    .string()
    .optional()
    .transform((name) => name || undefined),
});

export const pagedQuery = { next_page: z.string().optional() };

export interface Period {
  readonly fromMs: number;
  /** Midnight after the last day. */
  readonly untilMs: number;
}

/** Yesterday and today unless the query says otherwise. */
export function periodOf(query: z.infer<typeof periodQuery>, nowMs: number): Period {
  const today = Math.floor(nowMs / dayMs) * dayMs;
  const fromMs = findDay(query.starttime) ?? today - dayMs;
  const lastDay = findDay(query.endtime) ?? today;
  return { fromMs, untilMs: lastDay + dayMs };
}

function findDay(text: string | undefined): number | undefined {
  const parts = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text ?? '');
  if (parts === null) return undefined;
  const [month, day, year] = parts.slice(1).map(Number);
  if (month === undefined || day === undefined || year === undefined || year < 1) return undefined;
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  // A day that the month does not have would have become one of the next.
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? at.getTime() : undefined;
}
