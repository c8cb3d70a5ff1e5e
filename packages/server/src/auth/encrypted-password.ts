import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ivBytes = 16;
/** The clear text is padded to this multiple, twice AES's own block. */
const paddingBlockBytes = 32;
const encodedPattern = /^[A-Za-z0-9+/]+={0,2}$/;

/** The encrypted form of a password that clients store in its place (registry reference B5.5); different at every call. */
export function encryptPassword(secretKey: Buffer, password: string): string {
  const clear = Buffer.from(JSON.stringify({ password }), 'utf8');
  const paddingBytes = paddingBlockBytes - (clear.length % paddingBlockBytes);
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-cbc', secretKey, iv).setAutoPadding(false);
  const body = cipher.update(Buffer.concat([clear, Buffer.alloc(paddingBytes, paddingBytes)]));
  return Buffer.concat([iv, body, cipher.final()]).toString('base64');
}

/** The password inside an encrypted one; undefined when the text is anything else, such as a plain password. */
export function findDecryptedPassword(secretKey: Buffer, text: string): string | undefined {
  if (!encodedPattern.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  const bodyBytes = bytes.length - ivBytes;
  if (bodyBytes < paddingBlockBytes || bodyBytes % paddingBlockBytes !== 0) return undefined;
  const decipher = createDecipheriv('aes-256-cbc', secretKey, bytes.subarray(0, ivBytes)).setAutoPadding(
    false,
  );
  const padded = Buffer.concat([decipher.update(bytes.subarray(ivBytes)), decipher.final()]);
  const paddingBytes = padded.at(-1) ?? 0;
  if (paddingBytes < 1 || paddingBytes > paddingBlockBytes) return undefined;
  return passwordOf(padded.toString('utf8', 0, padded.length - paddingBytes));
}

function passwordOf(json: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || !('password' in value)) return undefined;
  return typeof value.password === 'string' ? value.password : undefined;
}
