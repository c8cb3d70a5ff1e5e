import type { ErrorCode } from '#/domain/errors.ts';
import { toDomainError } from '#/domain/to-domain-error.ts';
import { type Answer, jsonAnswer } from '#/http/answer.ts';
import type { RequestContext } from '#/http/route.ts';
import type { Logger } from '#/platform/logger.ts';

/** Statuses of the API's refusals that are not 400; every other code is a rule broken by the request (REST reference 2). */
const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  account_disabled: 401,
  database_unavailable: 503,
  denied: 403,
  insufficient_storage: 507,
  invalid_credentials: 401,
  login_throttled: 429,
  not_found: 404,
  overloaded: 429,
  read_only: 503,
  storage_unavailable: 503,
  too_large: 413,
  unauthorized: 401,
};

/** The answer to anything thrown while an `/api/v1` request was served: a problem body that Quay's clients read. */
export function apiErrorAnswer(error: unknown, request: RequestContext, logger: Logger): Answer {
  const known = toDomainError(error);
  if (known === undefined) {
    logger.error({ err: error, requestId: request.requestId }, 'request failed');
    return problem(500, 'internal_error', `Internal error; request id ${request.requestId}.`, request);
  }
  const status = statuses[known.code] ?? 400;
  if (status >= 500) logger.warn({ err: known, requestId: request.requestId }, 'request refused');
  const retryAfter = known.retryAfterSeconds;
  return problem(
    status,
    errorType(status),
    known.message,
    request,
    retryAfter === undefined ? {} : { 'retry-after': Math.max(1, Math.ceil(retryAfter)) },
  );
}

function errorType(status: number): string {
  if (status === 401) return 'invalid_token';
  if (status === 403) return 'insufficient_scope';
  return status === 404 ? 'not_found' : 'invalid_request';
}

/** A request may be refused because of its Host: then the address is relative. */
function findBaseUrl(request: RequestContext): string {
  try {
    return request.baseUrl;
  } catch {
    return '';
  }
}

/** `message` stands beside the problem's own keys because clients of the setup call read it. */
function problem(
  status: number,
  type: string,
  detail: string,
  request: RequestContext,
  headers: Readonly<Record<string, number>> = {},
): Answer {
  const body = {
    status,
    error_type: type,
    title: type,
    type: `${findBaseUrl(request)}/api/v1/error/${type}`,
    detail,
    error_message: detail,
    message: detail,
  };
  return jsonAnswer(status, body, { ...headers });
}
