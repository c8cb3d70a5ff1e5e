import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Seconds that a paging token is accepted. */
const tokenLifeSeconds = 2 * 24 * 3600;
const nonceBytes = 12;
const tagBytes = 16;

/** Opaque `next_page` tokens: sealed, so that clients can neither read nor make them, and dated. */
export interface PageTokens {
  seal(cursor: unknown): string;
  /** The cursor, or undefined for a text that was not sealed here, is too old or was made for another list. */
  open(token: string): unknown;
}

/** `list` names the kind of list, so that the token of one is worthless in another; `nowMs` gives the present time. */
export function createPageTokens(key: Buffer, list: string, nowMs: () => number): PageTokens {
  return {
    seal(cursor) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(list));
      const text = JSON.stringify({ at: nowMs(), cursor });
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
    },
    open(token) {
      const bytes = Buffer.from(token, 'base64url');
      if (bytes.length <= nonceBytes + tagBytes) return undefined;
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {
          authTagLength: tagBytes,
        }).setAAD(Buffer.from(list));
        decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
        const body = decipher.update(bytes.subarray(nonceBytes + tagBytes));
        const text = Buffer.concat([body, decipher.final()]).toString('utf8');
        const parsed: { at: number; cursor: unknown } = JSON.parse(text);
        return nowMs() - parsed.at <= tokenLifeSeconds * 1000 ? parsed.cursor : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
