import type { Db } from './database.ts';

const pending = new WeakMap<Db, (() => void)[]>();

/**
 * Runs `action` once the transaction of `db` is committed, and never when it is rolled back or tried again: for counters and the like. It
 * must not throw.
 */
export function afterCommit(db: Db, action: () => void): void {
  const actions = pending.get(db) ?? [];
  actions.push(action);
  pending.set(db, actions);
}

/** What waits for the commit of that transaction. */
export function takeActions(db: Db): readonly (() => void)[] {
  return pending.get(db) ?? [];
}
