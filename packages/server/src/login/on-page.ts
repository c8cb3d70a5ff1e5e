import { DomainError, type ErrorCode } from '#/domain/errors.ts';
import type { Answer } from '#/http/answer.ts';
import type { RequestContext } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { messagePage } from '#/login/message-page.ts';

const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  account_disabled: 401,
  denied: 403,
  invalid_credentials: 401,
  invalid_request: 400,
  login_throttled: 429,
  not_found: 404,
  read_only: 503,
  unauthorized: 401,
};

/** What a browser asks for: a refusal is told on a page, and outages, like everything under `format=json`, as the API tells it. */
export async function onPage(
  { settings }: LoginServices,
  request: RequestContext,
  work: () => Promise<Answer>,
): Promise<Answer> {
  if (wantsJson(request)) return work();
  try {
    return await work();
  } catch (error) {
    const status = error instanceof DomainError ? statuses[error.code] : undefined;
    if (!(error instanceof DomainError) || status === undefined) throw error;
    return messagePage(status, settings.registryTitle, error.message);
  }
}

/** A web interface asks, which makes its own page of the answer. */
export function wantsJson({ url }: RequestContext): boolean {
  return new URLSearchParams(url.split('?', 2)[1] ?? '').get('format') === 'json';
}
