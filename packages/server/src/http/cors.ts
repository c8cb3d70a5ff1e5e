import type { AnswerHeaders } from '#/http/answer.ts';

const methods = 'GET, HEAD, OPTIONS, POST, DELETE, PUT';
const allowedHeaders = 'Authorization, Content-Type, X-Requested-With';
const maximumAgeSeconds = 21_600;

/**
 * The headers that let pages of other origins call: any origin without credentials, or only the configured ones, and those with
 * credentials (`CORS_ORIGIN`; REST reference 1).
 */
export function corsHeaders(configured: readonly string[], origin: string | undefined): AnswerHeaders {
  const shared = { 'access-control-max-age': maximumAgeSeconds, 'access-control-allow-methods': methods };
  const [only] = configured;
  if (only === undefined) {
    return { ...shared, 'access-control-allow-origin': '*', 'access-control-allow-headers': allowedHeaders };
  }
  const allowed = configured.length === 1 ? only : configured.find((entry) => entry === origin);
  if (allowed === undefined) return { vary: 'Origin' };
  return {
    ...shared,
    vary: 'Origin',
    'access-control-allow-origin': allowed,
    ...(allowed === '*' ? {} : { 'access-control-allow-credentials': 'true' }),
    'access-control-allow-headers': `${allowedHeaders}, Cookie, X-CSRF-Token`,
  };
}
