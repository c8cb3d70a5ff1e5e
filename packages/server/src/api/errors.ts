import type { ErrorCode } from '#/domain/errors.ts';
import { toDomainError } from '#/domain/to-domain-error.ts';
import { type Answer, answer, jsonAnswer } from '#/http/answer.ts';
import { Refusal } from '#/http/refusal.ts';
import type { RequestContext } from '#/http/route.ts';
import type { Logger } from '#/platform/logger.ts';

/** Statuses of the API's refusals that are not 400; every other code is a rule broken by the request (REST reference 2). */
const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  account_disabled: 401,
  blob_unknown: 404,
  database_unavailable: 503,
  denied: 403,
  changed_meanwhile: 409,
  directory_unavailable: 503,
  external_service_failed: 520,
  fresh_login_required: 401,
  insufficient_storage: 507,
  invalid_credentials: 401,
  login_throttled: 429,
  manifest_unknown: 404,
  name_unknown: 404,
  not_found: 404,
  overloaded: 429,
  read_only: 503,
  repository_kind_unsupported: 501,
  storage_unavailable: 503,
  tag_expired: 404,
  tag_immutable: 409,
  too_large: 413,
  unauthorized: 401,
};

/** The error types of the API that do not follow from the status (REST reference 2.1). */
const types: Readonly<Partial<Record<ErrorCode, ErrorType>>> = {
  external_service_failed: 'downstream_issue',
  fresh_login_required: 'fresh_login_required',
  tag_immutable: 'tag_immutable',
};

/** What `error_type` can say, with what `GET /error/{error_type}` tells of it. */
export const errorTypes = {
  downstream_issue: 'A service that this registry depends on failed.',
  exceeds_license: 'The action would exceed what is allowed by the plan.',
  expired_token: 'The token has expired.',
  external_service_timeout: 'A service that this registry depends on did not answer in time.',
  fresh_login_required: 'The action needs a log-in of the last minutes: give the password again.',
  insufficient_scope: 'The caller, or the token of the caller, may not do this.',
  internal_error: 'The registry failed; its log tells why under the request id.',
  invalid_request: 'The request breaks a rule; the detail says which.',
  invalid_response: 'The answer did not fit its description.',
  invalid_token: 'The caller must sign in, or the token is not valid.',
  not_found: 'What was asked for does not exist.',
  tag_immutable: 'The tag is immutable.',
} as const;

export type ErrorType = keyof typeof errorTypes;

/** The answer to anything thrown while an `/api/v1` request was served: a problem body that Quay's clients read. */
export function apiErrorAnswer(error: unknown, request: RequestContext, logger: Logger): Answer {
  if (error instanceof Refusal) return error.answer;
  const known = toDomainError(error);
  if (known === undefined) {
    logger.error({ err: error, requestId: request.requestId }, 'request failed');
    return problem(500, 'internal_error', `Internal error; request id ${request.requestId}.`, request);
  }
  const status = statuses[known.code] ?? 400;
  if (status >= 500) logger.warn({ err: known, requestId: request.requestId }, 'request refused');
  const retryAfter = known.retryAfterSeconds;
  const headers = retryAfter === undefined ? {} : { 'retry-after': Math.max(1, Math.ceil(retryAfter)) };
  if (known.code === 'login_throttled') return plainText(status, known.message, headers);
  const { fields, part, ...extras } = known.detail;
  if (part === 'query' && fields !== undefined) return jsonAnswer(status, { message: fields });
  return problem(status, types[known.code] ?? errorType(status), known.message, request, extras, headers);
}

function plainText(status: number, text: string, headers: Readonly<Record<string, number>>): Answer {
  return answer({ status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body: text });
}

function errorType(status: number): ErrorType {
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

/** `message` stands beside the problem's own keys because many clients read only that. */
function problem(
  status: number,
  type: ErrorType,
  detail: string,
  request: RequestContext,
  extras: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, number>> = {},
): Answer {
  const body = {
    ...extras,
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
