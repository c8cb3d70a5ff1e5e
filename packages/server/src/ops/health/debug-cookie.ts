import { createHmac, timingSafeEqual } from 'node:crypto';

/** Longest time for which an opened session shows the detail, also when the browser keeps it. */
const lifeMs = 8 * 3600_000;
const cookieName = 'wharf_health_debug';

/** The `Set-Cookie` value that opens the detail of health to one session, until the browser ends it or 8 h are over. */
export function debugCookie(
  key: Buffer,
  options: { readonly nowMs: number; readonly secure: boolean },
): string {
  const expiresMs = options.nowMs + lifeMs;
  const value = `${expiresMs}.${sign(key, String(expiresMs)).toString('base64url')}`;
  const attributes = ['Path=/', 'HttpOnly', 'SameSite=Strict', ...(options.secure ? ['Secure'] : [])];
  return [`${cookieName}=${value}`, ...attributes].join('; ');
}

/** Whether a `Cookie` header holds such a value of ours that is still in force. */
export function hasDebugCookie(key: Buffer, header: string | undefined, nowMs: number): boolean {
  for (const pair of (header ?? '').split(';')) {
    const text = pair.trim();
    if (!text.startsWith(`${cookieName}=`)) continue;
    const [expires = '', signature = ''] = text.slice(cookieName.length + 1).split('.');
    const given = Buffer.from(signature, 'base64url');
    const wanted = sign(key, expires);
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) continue;
    if (Number(expires) > nowMs) return true;
  }
  return false;
}

function sign(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
