import { createHash, timingSafeEqual } from 'node:crypto';
import type { PasswordHasher } from '#/platform/password-hasher.ts';

/** Compares in a time that depends on neither text. */
export function equalSecrets(a: string, b: string): boolean {
  return timingSafeEqual(sha256(a), sha256(b));
}

const prefix = 'sha256:';

/** One-way form of a random secret of 20 or more characters, which needs no slow hash. */
export function hashSecret(secret: string): string {
  return prefix + sha256(secret).toString('hex');
}

/** Against `hashSecret`'s form, or the bcrypt form of an imported database. */
export async function verifySecret(hasher: PasswordHasher, secret: string, stored: string): Promise<boolean> {
  return stored.startsWith(prefix) ? equalSecrets(hashSecret(secret), stored) : hasher.verify(secret, stored);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
