import { LRUCache } from 'lru-cache';
import type { Services } from '#/domain/services.ts';

/** What was read from the database moments ago, by key. */
export interface RecentFacts<Value> {
  /** The held value, or what `load` gives; equal loads at the same time run once. */
  get(key: string, load: () => Promise<Value>): Promise<Value>;
}

interface Held<Value> {
  readonly value: Value;
  readonly loadedMs: number;
}

const holdMs = 5000;
const longestList = 10_000;

/**
 * Holds values for at most 5 s from when their loading began, and drops all at an 'authority-changed' event, so that in this process
 * a revocation is seen at once. Values that `keep` refuses are not held: what somebody may not do yet is asked again each time.
 */
export function createRecentFacts<Value extends object>(
  services: Pick<Services, 'clock' | 'events'>,
  keep: (value: Value) => boolean,
): RecentFacts<Value> {
  const held = new LRUCache<string, Held<Value>>({ max: longestList });
  let loading = new Map<string, Promise<Value>>();

  services.events.subscribe((event) => {
    if (event.kind !== 'authority-changed') return;
    held.clear();
    // Loads under way may have read the state before the change: nobody joins them from now on, nor are they held.
    loading = new Map();
  });

  return {
    async get(key, load) {
      const nowMs = services.clock.nowMs();
      const found = held.get(key);
      if (found !== undefined && Math.abs(nowMs - found.loadedMs) < holdMs) return found.value;
      const running = loading;
      const joined = running.get(key);
      if (joined !== undefined) return joined;
      const own = load();
      running.set(key, own);
      try {
        const value = await own;
        if (running === loading && keep(value)) held.set(key, { value, loadedMs: nowMs });
        return value;
      } finally {
        running.delete(key);
      }
    },
  };
}
