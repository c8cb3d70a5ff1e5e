import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { SignInAttempt } from './define-external-login.ts';

/** A sign-in at an external service that this browser began. */
export interface PendingSignIn extends SignInAttempt {
  readonly service: string;
  readonly kind: 'login' | 'attach' | 'cli';
  /** Path on this registry where it leads. */
  readonly target: string;
  /** The session that began it; always there for `attach` and `cli`. */
  readonly session?: string | undefined;
  /** A human answered a CAPTCHA for it. */
  readonly humanUntilMs?: number | undefined;
  readonly expiresMs: number;
}

export interface PendingSignInSettings {
  /** 32 bytes, derived for this use only. */
  readonly key: Buffer;
  readonly secure: boolean;
}

/** How long somebody may take at the service. */
export const pendingSignInMs = 600_000;

const cookieName = 'wharf_external_login';
const path = '/oauth2/';
const longestCookie = 4096;
const nonceBytes = 12;
const tagBytes = 16;

const schema = z.object({
  service: z.string(),
  kind: z.enum(['login', 'attach', 'cli']),
  target: z.string(),
  session: z.string().optional(),
  humanUntilMs: z.number().optional(),
  expiresMs: z.number(),
  redirectUri: z.string(),
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
});

/** New unguessable parts. */
export function newSecrets(): Pick<SignInAttempt, 'state' | 'nonce' | 'codeVerifier'> {
  const secret = (): string => randomBytes(32).toString('base64url');
  return { state: secret(), nonce: secret(), codeVerifier: secret() };
}

/**
 * The value of `Set-Cookie` that binds a sign-in to this browser: encrypted, as it holds the PKCE secret. `Lax` whatever the session's cookie is, since
 * the browser comes back from another site.
 */
export function pendingSignInCookie(settings: PendingSignInSettings, pending: PendingSignIn): string {
  return cookie(settings, seal(settings.key, JSON.stringify(pending)), pendingSignInMs / 1000);
}

/** The value of `Set-Cookie` that ends it. */
export function clearedPendingSignIn(settings: PendingSignInSettings): string {
  return cookie(settings, '', 0);
}

/** The sign-in that a `Cookie` header carries; undefined when there is none, it is too old, or was not sealed here. */
export function findPendingSignIn(
  settings: PendingSignInSettings,
  cookieHeader: string | undefined,
  nowMs: number,
): PendingSignIn | undefined {
  for (const part of (cookieHeader ?? '').split(';')) {
    const [name, value = ''] = part.trim().split('=', 2);
    if (name !== cookieName || value.length > longestCookie) continue;
    const clear = unseal(settings.key, value);
    if (clear === undefined) continue;
    const parsed = schema.safeParse(JSON.parse(clear));
    if (parsed.success && parsed.data.expiresMs > nowMs) return parsed.data;
  }
  return undefined;
}

function cookie({ secure }: PendingSignInSettings, value: string, lifeSeconds: number): string {
  const parts = [`${cookieName}=${value}`, `Path=${path}`, 'SameSite=Lax', 'HttpOnly'];
  return [...parts, `Max-Age=${lifeSeconds}`, ...(secure ? ['Secure'] : [])].join('; ');
}

function seal(key: Buffer, clear: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const body = Buffer.concat([cipher.update(clear, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url');
}

function unseal(key: Buffer, value: string): string | undefined {
  const bytes = Buffer.from(value, 'base64url');
  if (bytes.length <= nonceBytes + tagBytes) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString(
      'utf8',
    );
  } catch {
    // Altered, or sealed with another key: as good as no cookie.
    return undefined;
  }
}
