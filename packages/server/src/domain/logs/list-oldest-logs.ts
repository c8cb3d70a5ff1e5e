import type { Services } from '#/domain/services.ts';
import { type ListedEntry, nameAccounts } from './list-action-logs.ts';
import { type LogSelection, resolveSelection } from './log-selection.ts';
import { type LogPosition, listOldestEntries } from './queries-read.ts';

/**
 * The next entries behind a position, oldest first: for readers of everything, who come back with `last` until there is none. Throws what
 * resolveSelection throws.
 */
export async function listOldestLogs(
  services: Pick<Services, 'database'>,
  input: LogSelection & { readonly after: LogPosition | undefined; readonly limit: number },
): Promise<{ readonly entries: readonly ListedEntry[]; readonly last: LogPosition | undefined }> {
  const { read, listing } = services.database;
  const filter = await resolveSelection(read, input);
  const found = await listOldestEntries(listing, filter, { after: input.after, limit: input.limit });
  const last = found.at(-1);
  return {
    entries: await nameAccounts(read, found),
    last: last && { createdMs: last.createdMs, id: last.id },
  };
}
