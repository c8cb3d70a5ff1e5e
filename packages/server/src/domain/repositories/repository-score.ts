/** Days behind today at which each bucket ends, and what an action a day in it is worth (storage reference 3.6). */
const buckets = [
  { fromDay: 1, toDay: 1, weight: 0.01087 },
  { fromDay: 2, toDay: 7, weight: 0.062815 },
  { fromDay: 8, toDay: 31, weight: 0.21604 },
  { fromDay: 32, toDay: 183, weight: 0.71028 },
] as const;

/** Days of which a count matters at all. */
export const scoredDays = 183;

/** First and last day of each bucket, as days behind today. */
export const scoreBuckets: readonly { readonly fromDay: number; readonly toDay: number }[] = buckets;

/**
 * How active a repository is, for the order of search results: the actions a day in each bucket, weighted. `actions` holds a sum for each
 * bucket; days on which the repository did not exist, or whose counts are not kept, do not count as quiet.
 */
export function repositoryScore(input: {
  readonly actions: readonly number[];
  /** Days from the creation to today. */
  readonly ageDays: number;
  readonly keptDays: number;
}): number {
  const counted = Math.min(input.ageDays, input.keptDays);
  const sum = buckets.reduce((total, { fromDay, toDay, weight }, index) => {
    const days = Math.min(toDay, counted) - fromDay + 1;
    return days > 0 ? total + ((input.actions[index] ?? 0) / days) * weight : total;
  }, 0);
  return Math.floor(100 * sum);
}
