import type { Db } from '#/db/database.ts';
import type { Services } from '#/domain/services.ts';
import { type LogSelection, resolveSelection } from './log-selection.ts';
import { type LogAccount, listLogAccounts } from './queries-accounts.ts';
import { type LogPosition, listNewestEntries, type StoredEntry } from './queries-read.ts';

/** One entry with the names of those whom it concerns; undefined for nobody and for accounts that are gone. */
export interface ListedEntry {
  readonly kind: string;
  readonly createdMs: number;
  readonly ip: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Of LoggedRequest; empty where nothing was recorded. */
  readonly request: Readonly<Record<string, unknown>>;
  readonly performer: LogAccount | undefined;
  readonly namespace: LogAccount | undefined;
}

/**
 * A page of the action log, newest first, in two queries whatever its size and the size of the log. `next` is where the next page starts;
 * undefined on the last one. Throws what resolveSelection throws.
 */
export async function listActionLogs(
  services: Pick<Services, 'database'>,
  input: LogSelection & { readonly before?: LogPosition | undefined; readonly limit: number },
): Promise<{ readonly entries: readonly ListedEntry[]; readonly next: LogPosition | undefined }> {
  const { read, listing } = services.database;
  const filter = await resolveSelection(read, input);
  const found = await listNewestEntries(listing, filter, { before: input.before, limit: input.limit + 1 });
  const page = found.slice(0, input.limit);
  const last = page.at(-1);
  return {
    entries: await nameAccounts(read, page),
    next: found.length > page.length && last ? { createdMs: last.createdMs, id: last.id } : undefined,
  };
}

/** Adds the accounts of the entries, in one query. */
export async function nameAccounts(db: Db, entries: readonly StoredEntry[]): Promise<ListedEntry[]> {
  const ids = entries.flatMap(({ performerId, accountId }) => [performerId, accountId]);
  const accounts = await listLogAccounts(db, [...new Set(ids.filter((id) => id !== null))]);
  const find = (id: number | null): LogAccount | undefined => (id === null ? undefined : accounts.get(id));
  return entries.map(({ kind, createdMs, ip, metadataJson, requestJson, performerId, accountId }) => ({
    kind,
    createdMs,
    ip,
    metadata: parseMetadata(metadataJson),
    request: parseMetadata(requestJson ?? '{}'),
    performer: find(performerId),
    namespace: find(accountId),
  }));
}

/** What an entry says for itself; an imported one may hold anything. */
export function parseMetadata(json: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
  } catch {
    return {};
  }
}
