import { LRUCache } from 'lru-cache';
import type { ContentHash } from './content-hash.ts';

interface LiveHash {
  readonly offset: number;
  readonly hash: ContentHash;
}

/** How many uploads may go on without a second read on this node; a hash takes under 1 KiB. */
const limit = 10_000;

const hashes = new LRUCache<string, LiveHash>({ max: limit });

/** Keeps the hash of an upload at an offset, for the next request that this process gets. */
export function keepLiveHash(nodeId: string, storeId: string, offset: number, hash: ContentHash): void {
  hashes.set(`${nodeId}/${storeId}`, { offset, hash });
}

/** An independent copy of the hash, if this process holds one at exactly that offset. */
export function findLiveHash(nodeId: string, storeId: string, offset: number): ContentHash | undefined {
  const live = hashes.get(`${nodeId}/${storeId}`);
  return live?.offset === offset ? live.hash.fork() : undefined;
}

export function dropLiveHash(nodeId: string, storeId: string): void {
  hashes.delete(`${nodeId}/${storeId}`);
}
