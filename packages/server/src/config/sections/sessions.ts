import { key, section } from '#/config/key.ts';
import { boolean, choice, duration, nonEmptyText } from '#/config/value-types.ts';

export const sessionsSection = section('Sessions', {
  featurePermanentSessions: key('FEATURE_PERMANENT_SESSIONS', boolean, {
    default: true,
    since: '2.9',
    summary: 'A session outlives the browser window.',
  }),
  sessionTimeoutSeconds: key('SESSION_TIMEOUT', duration, {
    default: '31d',
    since: '2.9 (not in its guide)',
    summary: 'Life of a permanent session.',
  }),
  sessionCookieSecure: key('SESSION_COOKIE_SECURE', boolean, {
    default: false,
    since: '2.9',
    summary: 'Send session cookies over TLS only. `PREFERRED_URL_SCHEME: https` turns it on.',
  }),
  forceNonsecureSessionCookie: key('FORCE_NONSECURE_SESSION_COOKIE', boolean, {
    default: false,
    since: '2.9 (not in its guide)',
    summary: 'Leaves `SESSION_COOKIE_SECURE` as it is in spite of `https`.',
  }),
  sessionCookieHttpOnly: key('SESSION_COOKIE_HTTPONLY', boolean, {
    default: true,
    since: '3.2',
    summary: 'Hide session cookies from scripts.',
  }),
  sessionCookieSameSite: key('SESSION_COOKIE_SAMESITE', choice('Lax', 'Strict', 'None'), {
    default: 'Lax',
    since: '3.2',
    summary: 'When browsers send the session cookie along with requests from other sites.',
  }),
  sessionCookieName: key('SESSION_COOKIE_NAME', nonEmptyText, {
    default: '_csrf_token',
    since: '3.x',
    summary: 'Name of the session cookie.',
  }),
});
