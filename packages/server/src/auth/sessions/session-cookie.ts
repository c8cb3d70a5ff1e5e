import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** What a browser's cookie holds, signed. A browser has one before anybody signs in, as the CSRF token lives in it. */
export interface BrowserSession {
  readonly csrfToken: string;
  /** `state` of a sign-in at an external provider that is under way. */
  readonly oauthCsrfToken?: string | undefined;
  /** Names the row of a person's session. */
  readonly signIn?: { readonly uuid: string; readonly secret: string } | undefined;
  /** May see debugging detail of the health pages. */
  readonly healthDebug?: boolean | undefined;
}

export interface SessionCookieSettings {
  readonly name: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: 'Lax' | 'Strict' | 'None';
  /** `FEATURE_PERMANENT_SESSIONS`: the cookie outlives the window of the browser. */
  readonly permanent: boolean;
  readonly lifeSeconds: number;
  /** 32 bytes, derived for this use only. */
  readonly key: Buffer;
}

const csrfTokenBytes = 48;
const longestCookie = 4096;

const contentSchema = z.object({
  csrfToken: z.string().min(1),
  oauthCsrfToken: z.string().optional(),
  signIn: z.object({ uuid: z.string(), secret: z.string() }).optional(),
  healthDebug: z.boolean().optional(),
});

/** Base64 of 48 random bytes (REST reference 3.3). */
export function newCsrfToken(): string {
  return randomBytes(csrfTokenBytes).toString('base64');
}

/** The session that a `Cookie` header carries; undefined when there is none or it was not signed here. */
export function findBrowserSession(
  settings: SessionCookieSettings,
  cookieHeader: string | undefined,
): BrowserSession | undefined {
  for (const value of cookieValues(cookieHeader, settings.name)) {
    const session = openCookie(settings.key, value);
    if (session !== undefined) return session;
  }
  return undefined;
}

/** The value of `Set-Cookie` that gives a browser this session. */
export function sessionCookie(settings: SessionCookieSettings, session: BrowserSession): string {
  const body = Buffer.from(JSON.stringify(session)).toString('base64url');
  return cookie(settings, `${body}.${sign(settings.key, body)}`, settings.lifeSeconds);
}

function cookie(settings: SessionCookieSettings, value: string, lifeSeconds: number): string {
  const parts = [`${settings.name}=${value}`, 'Path=/', `SameSite=${settings.sameSite}`];
  if (settings.permanent) parts.push(`Max-Age=${Math.floor(lifeSeconds)}`);
  if (settings.httpOnly) parts.push('HttpOnly');
  if (settings.secure) parts.push('Secure');
  return parts.join('; ');
}

function openCookie(key: Buffer, value: string): BrowserSession | undefined {
  const dot = value.indexOf('.');
  if (value.length > longestCookie || dot === -1) return undefined;
  const body = value.slice(0, dot);
  const given = Buffer.from(value.slice(dot + 1));
  const expected = Buffer.from(sign(key, body));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const parsed = contentSchema.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
  return parsed.success ? parsed.data : undefined;
}

function sign(key: Buffer, body: string): string {
  return createHmac('sha256', key).update(body).digest('base64url');
}

function cookieValues(header: string | undefined, name: string): string[] {
  if (header === undefined) return [];
  return header
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${name}=`))
    .map((part) => part.slice(name.length + 1));
}
