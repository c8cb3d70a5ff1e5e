import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Reversible encryption of secrets at rest, keyed with DATABASE_SECRET_KEY. */
export interface SecretBox {
  /** Text of the form `v0$$<base64>`, different at every call. */
  encrypt(clear: string): string;
  /** Throws when the text was made with another key or altered. */
  decrypt(sealed: string): string;
}

const prefix = 'v0$$';
const nonceBytes = 13;
const tagBytes = 16;

/** AES-256-CCM with a 13-byte nonce: the format of an existing Quay database, so that its credentials stay readable. */
export function createSecretBox(key: Buffer): SecretBox {
  if (key.length !== 32) throw new RangeError('a secret box needs a key of 32 bytes');
  return {
    encrypt(clear) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-ccm', key, nonce, { authTagLength: tagBytes });
      const body = Buffer.concat([cipher.update(clear, 'utf8'), cipher.final()]);
      return prefix + Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64');
    },
    decrypt(sealed) {
      if (!sealed.startsWith(prefix)) throw new Error('the stored secret has an unknown format');
      const bytes = Buffer.from(sealed.slice(prefix.length), 'base64');
      if (bytes.length < nonceBytes + tagBytes) throw new Error('the stored secret is too short');
      const decipher = createDecipheriv('aes-256-ccm', key, bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes));
      const clear = decipher.update(bytes.subarray(nonceBytes, bytes.length - tagBytes));
      decipher.final();
      return clear.toString('utf8');
    },
  };
}
