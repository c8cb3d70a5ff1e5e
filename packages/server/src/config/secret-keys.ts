import { hkdfSync } from 'node:crypto';

const keyBytes = 32;

/**
 * The 32 bytes that Quay derives from `SECRET_KEY` or `DATABASE_SECRET_KEY`: the bytes of a decimal number, the 16 bytes of a UUID, or the
 * characters themselves, repeated or cut to length. A number whose hexadecimal form has an odd number of digits counts as
 * characters, as in Quay. Returns undefined for a text that has no such form (empty, or characters above U+00FF).
 */
export function secretKeyBytes(value: string): Buffer | undefined {
  const source = integerBytes(value) ?? uuidBytes(value) ?? characterBytes(value);
  if (source === undefined || source.length === 0) return undefined;
  return Buffer.alloc(keyBytes, source);
}

function integerBytes(value: string): Buffer | undefined {
  const digits = value.trim();
  if (!/^\+?[0-9]+(_[0-9]+)*$/.test(digits)) return undefined;
  const hex = BigInt(digits.replaceAll(/[+_]/g, '')).toString(16).padStart(2, '0');
  return hex.length % 2 === 0 ? Buffer.from(hex, 'hex') : undefined;
}

function uuidBytes(value: string): Buffer | undefined {
  const hex = value
    .replaceAll(/urn:|uuid:/g, '')
    .replaceAll(/^[{}]+|[{}]+$/g, '')
    .replaceAll('-', '');
  return /^[0-9a-f]{32}$/i.test(hex) ? Buffer.from(hex, 'hex') : undefined;
}

function characterBytes(value: string): Buffer | undefined {
  for (const character of value) {
    if ((character.codePointAt(0) ?? 0) > 0xff) return undefined;
  }
  return Buffer.from(value, 'latin1');
}

/** A key for another purpose, derived so that neither key tells anything about the other. */
export function deriveSecretKey(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), purpose, keyBytes));
}
