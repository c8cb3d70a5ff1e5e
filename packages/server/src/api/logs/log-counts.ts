import { z } from 'zod';
import type { ApiServices } from '#/api/api-services.ts';
import { formatDate } from '#/api/shapes/dates.ts';
import { countActionLogs, type LogSelection } from '#/domain/logs/index.ts';

export const logCountsSchema = z.object({
  aggregated: z.array(z.object({ kind: z.string(), count: z.number(), datetime: z.string() })),
});

/** How many of the selected entries each kind and day has. */
export async function logCounts(
  services: ApiServices,
  selection: LogSelection,
): Promise<z.infer<typeof logCountsSchema>> {
  const counts = await countActionLogs(services.domain, selection);
  return {
    aggregated: counts.map(({ kind, count, dayMs }) => ({ kind, count, datetime: formatDate(dayMs) })),
  };
}
