import { DomainError, type ErrorCode } from '#/domain/errors.ts';
import type { Answer, AnswerHeaders } from '#/http/answer.ts';
import type { RequestContext } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { htmlPage } from '#/login/message-page.ts';
import { escapeHtml } from '#/platform/escape-html.ts';

/** Faults of our own: the same request may succeed in a moment. */
const outages: ReadonlySet<ErrorCode> = new Set([
  'database_unavailable',
  'overloaded',
  'storage_unavailable',
]);

/** Whoever comes back from a service is told on a page why signing in failed (REST reference 3.7); outages are thrown. */
export async function onCallback(
  { domain }: LoginServices,
  request: RequestContext,
  work: () => Promise<Answer>,
  headers: AnswerHeaders = {},
): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError) || outages.has(error.code)) throw error;
    domain.logger.warn({ err: error, requestId: request.requestId }, 'a sign-in at another service failed');
    const content = `<p role="alert">${escapeHtml(error.message)}</p><p><a href="/signin">Sign in again</a></p>`;
    return htmlPage(400, { title: 'You are not signed in', content }, headers);
  }
}
