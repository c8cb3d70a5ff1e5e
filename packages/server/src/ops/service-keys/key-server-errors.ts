import type { ErrorCode } from '#/domain/errors.ts';
import { toDomainError } from '#/domain/to-domain-error.ts';
import { type Answer, jsonAnswer } from '#/http/answer.ts';
import { Refusal } from '#/http/refusal.ts';
import type { RequestContext } from '#/http/route.ts';
import type { Logger } from '#/platform/logger.ts';

/** Statuses of the key server's refusals that are not 400 (registry-services reference E2). */
const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  already_exists: 409,
  database_unavailable: 503,
  denied: 403,
  not_found: 404,
  overloaded: 429,
  read_only: 503,
  too_large: 413,
};

/** The answer to anything thrown while the key server worked. */
export function keyServerErrorAnswer(error: unknown, request: RequestContext, logger: Logger): Answer {
  if (error instanceof Refusal) return error.answer;
  const known = toDomainError(error);
  if (known === undefined) {
    logger.error({ err: error, requestId: request.requestId }, 'request failed');
    return jsonAnswer(500, { error: `Internal error; request id ${request.requestId}.` });
  }
  const retryAfter = known.retryAfterSeconds;
  const headers = retryAfter === undefined ? {} : { 'retry-after': Math.max(1, Math.ceil(retryAfter)) };
  return jsonAnswer(statuses[known.code] ?? 400, { error: known.message }, headers);
}
