import { LRUCache } from 'lru-cache';

/** Requests a second that a client may go on making, and how many it may be ahead of that. */
export interface RateZone {
  readonly name: string;
  readonly perSecond: number;
  readonly burst: number;
}

export interface RateLimits {
  /** Counts a request; undefined when it may go on, else the seconds until the next may. */
  take(zone: RateZone, key: string): number | undefined;
}

/** Clients remembered at once; the one that was silent longest is forgotten, and starts anew. */
const mostClients = 50_000;

/**
 * A leaky bucket for each zone and client, without delay: within the burst all requests go on at once (operations reference 5). `share` is the part
 * of a client's requests that this process sees.
 */
export function createRateLimits(nowMs: () => number, share: number): RateLimits {
  /** When the bucket of a client will be empty. */
  const emptyAtMs = new LRUCache<string, number>({ max: mostClients });
  return {
    take(zone, key) {
      const now = nowMs();
      const stepMs = 1000 / (zone.perSecond * share);
      const bucket = `${zone.name} ${key}`;
      const emptyMs = Math.max(now, emptyAtMs.get(bucket) ?? now);
      const aheadMs = emptyMs - now;
      const room = stepMs * zone.burst;
      if (aheadMs > room) return (aheadMs - room) / 1000;
      emptyAtMs.set(bucket, emptyMs + stepMs);
      return undefined;
    },
  };
}
