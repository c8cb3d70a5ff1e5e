import { createCipheriv, createHash } from 'node:crypto';

/** Numbers and bytes that a seed decides, so that a failed run can be repeated. */
export interface Random {
  /** From 0 to `limit` - 1. */
  below(limit: number): number;
  bytes(size: number): Buffer;
  pick<T>(values: readonly T[]): T;
}

export function createRandom(seed: string): Random {
  const key = createHash('sha256').update(seed).digest().subarray(0, 16);
  const stream = createCipheriv('aes-128-ctr', key, Buffer.alloc(16));
  const random: Random = {
    below: (limit) => stream.update(Buffer.alloc(4)).readUInt32LE() % limit,
    bytes: (size) => stream.update(Buffer.alloc(size)),
    pick(values) {
      const value = values[random.below(values.length)];
      if (value === undefined) throw new Error('nothing to pick from');
      return value;
    },
  };
  return random;
}

/** The seed of this run: WHARF_TEST_SEED repeats an earlier one. */
export function chooseSeed(): string {
  return process.env.WHARF_TEST_SEED ?? String(Date.now());
}
