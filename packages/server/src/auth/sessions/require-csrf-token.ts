import { createHash, timingSafeEqual } from 'node:crypto';
import { DomainError } from '#/domain/errors.ts';
import type { BrowserSession } from './session-cookie.ts';

/** Whether this is the token of the browser's session, in a time that says nothing about where it differs. */
export function isCsrfToken(browser: BrowserSession, given: unknown): boolean {
  return typeof given === 'string' && timingSafeEqual(digest(given), digest(browser.csrfToken));
}

/** Throws DomainError `denied` unless the token is the one of this browser (REST reference 3.3). */
export function requireCsrfToken(browser: BrowserSession, given: unknown): void {
  if (isCsrfToken(browser, given)) return;
  throw new DomainError(
    'denied',
    'The CSRF token was invalid or missing: open the page again, or get a token from /csrf_token.',
  );
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
