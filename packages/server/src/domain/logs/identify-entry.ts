import { randomUUID } from 'node:crypto';
import type { Clock } from '#/platform/clock.ts';
import type { ActionLogEntry } from './action-log-entry.ts';
import type { IdentifiedEntry } from './queries.ts';

/** Gives an entry its time and the identity that makes replays idempotent. */
export function identifyEntry(clock: Clock, entry: Omit<ActionLogEntry, 'createdMs'>): IdentifiedEntry {
  return { ...entry, createdMs: clock.nowMs(), uuid: randomUUID() };
}

/** Most entries in one statement: what fits the parameter limits of all databases. */
export const entriesPerStatement = 500;
