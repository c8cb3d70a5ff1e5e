import { createHash, timingSafeEqual } from 'node:crypto';
import { DomainError } from '#/domain/errors.ts';
import type { BrowserSession } from './session-cookie.ts';

/** Throws DomainError `denied` unless the token is the one of this browser (REST reference 3.3). */
export function requireCsrfToken(browser: BrowserSession, given: unknown): void {
  if (typeof given === 'string' && timingSafeEqual(digest(given), digest(browser.csrfToken))) return;
  throw new DomainError(
    'denied',
    'The CSRF token was invalid or missing: open the page again, or get a token from /csrf_token.',
  );
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
