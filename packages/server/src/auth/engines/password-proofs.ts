import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Services } from '#/domain/services.ts';

/** Passwords lately proved right, so that a storm of equal log-ins hashes once. */
export interface PasswordProofs {
  /** Whether the password is the one that was hashed; as PasswordHasher.verify, but quick for what was right a moment ago. */
  verify(password: string, hash: string): Promise<boolean>;
}

const holdMs = 10_000;
const longestList = 10_000;

/**
 * Keeps no password: entries are HMACs under a key of this process, over the stored hash and the password together. As the caller
 * brings the hash that the database has now, a changed password misses at once and no event is needed.
 */
export function createPasswordProofs(services: Services): PasswordProofs {
  const key = randomBytes(32);
  const proved = new LRUCache<string, true>({
    max: longestList,
    ttl: holdMs,
    ttlResolution: 0,
    perf: { now: () => services.clock.nowMs() },
  });
  return {
    async verify(password, hash) {
      const proof = createHmac('sha256', key).update(`${hash}\u0000${password}`).digest('base64');
      if (proved.has(proof)) return true;
      const right = await services.passwordHasher.verify(password, hash);
      if (right) proved.set(proof, true);
      return right;
    },
  };
}
