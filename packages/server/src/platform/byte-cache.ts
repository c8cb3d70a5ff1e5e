import { LRUCache } from 'lru-cache';

/** Immutable bytes by key, bounded by their sum. */
export interface ByteCache {
  get(key: string): Buffer | undefined;
  set(key: string, bytes: Buffer): void;
  delete(key: string): void;
  /** Largest value that is worth keeping. */
  readonly entryLimitBytes: number;
}

/** `onLookup` counts hits and misses. */
export function createByteCache(options: {
  readonly limitBytes: number;
  readonly entryLimitBytes: number;
  readonly onLookup?: (hit: boolean) => void;
}): ByteCache {
  const cache = new LRUCache<string, Buffer>({
    maxSize: options.limitBytes,
    sizeCalculation: (bytes) => bytes.length + 256,
  });
  return {
    entryLimitBytes: options.entryLimitBytes,
    get(key) {
      const found = cache.get(key);
      options.onLookup?.(found !== undefined);
      return found;
    },
    set(key, bytes) {
      if (bytes.length <= options.entryLimitBytes) cache.set(key, bytes);
    },
    delete(key) {
      cache.delete(key);
    },
  };
}
