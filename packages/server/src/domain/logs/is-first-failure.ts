import type { Database } from '#/db/database.ts';
import type { Services } from '#/domain/services.ts';

const windowMs = 60_000;
/** Refusals that one process records in a window, whoever they name and wherever they come from. */
const mostPerWindow = 1000;

interface Window {
  readonly startMs: number;
  readonly seen: Set<string>;
}

const windows = new WeakMap<Database, Window>();

/**
 * Whether a refused log-in is worth an entry: the first of its key, the account and the address, in this minute of this process. Who guesses
 * passwords, from however many addresses, fills no table.
 */
export function isFirstFailure(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  key: string,
): boolean {
  const startMs = Math.floor(clock.nowMs() / windowMs) * windowMs;
  let window = windows.get(database);
  if (window?.startMs !== startMs) {
    window = { startMs, seen: new Set() };
    windows.set(database, window);
  }
  if (window.seen.has(key) || window.seen.size >= mostPerWindow) return false;
  window.seen.add(key);
  return true;
}
