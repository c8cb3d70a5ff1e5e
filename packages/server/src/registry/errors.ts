import type { DomainError, ErrorCode } from '#/domain/errors.ts';
import { toDomainError } from '#/domain/to-domain-error.ts';
import { type Answer, jsonAnswer } from '#/http/answer.ts';
import type { RequestContext } from '#/http/route.ts';
import type { Logger } from '#/platform/logger.ts';

interface Wire {
  readonly status: number;
  /** Code of the OCI distribution specification, or Quay's addition to it. */
  readonly code: string;
}

/** How the registry surface says each refusal; the codes that clients act on are explained in registry reference A3.2. */
const wire: Readonly<Record<ErrorCode, Wire>> = {
  account_disabled: { status: 401, code: 'UNAUTHORIZED' },
  already_exists: { status: 409, code: 'DENIED' },
  blob_referenced: { status: 405, code: 'UNSUPPORTED' },
  blob_unknown: { status: 404, code: 'BLOB_UNKNOWN' },
  blob_upload_unknown: { status: 404, code: 'BLOB_UPLOAD_UNKNOWN' },
  changed_meanwhile: { status: 409, code: 'DENIED' },
  database_unavailable: { status: 503, code: 'UNAVAILABLE' },
  denied: { status: 403, code: 'DENIED' },
  digest_invalid: { status: 400, code: 'DIGEST_INVALID' },
  digest_mismatch: { status: 400, code: 'DIGEST_INVALID' },
  directory_unavailable: { status: 503, code: 'UNAVAILABLE' },
  external_service_failed: { status: 502, code: 'UNAVAILABLE' },
  fresh_login_required: { status: 401, code: 'UNAUTHORIZED' },
  insufficient_storage: { status: 507, code: 'UNAVAILABLE' },
  invalid_credentials: { status: 401, code: 'UNAUTHORIZED' },
  invalid_request: { status: 400, code: 'INVALID_REQUEST' },
  login_throttled: { status: 429, code: 'TOOMANYREQUESTS' },
  manifest_blob_unknown: { status: 400, code: 'MANIFEST_BLOB_UNKNOWN' },
  manifest_invalid: { status: 400, code: 'MANIFEST_INVALID' },
  manifest_too_large: { status: 413, code: 'MANIFEST_INVALID' },
  manifest_type_unsupported: { status: 415, code: 'MANIFEST_INVALID' },
  manifest_unknown: { status: 404, code: 'MANIFEST_UNKNOWN' },
  manifest_unverified: { status: 400, code: 'MANIFEST_UNVERIFIED' },
  name_invalid: { status: 400, code: 'NAME_INVALID' },
  name_unknown: { status: 404, code: 'NAME_UNKNOWN' },
  namespace_disabled: { status: 405, code: 'DENIED' },
  not_found: { status: 404, code: 'NAME_UNKNOWN' },
  overloaded: { status: 429, code: 'TOOMANYREQUESTS' },
  range_invalid: { status: 416, code: 'RANGE_INVALID' },
  read_only: { status: 405, code: 'DENIED' },
  repository_kind_unsupported: { status: 405, code: 'UNSUPPORTED' },
  size_invalid: { status: 400, code: 'SIZE_INVALID' },
  storage_unavailable: { status: 503, code: 'UNAVAILABLE' },
  tag_expired: { status: 404, code: 'TAG_EXPIRED' },
  tag_immutable: { status: 409, code: 'TAG_IMMUTABLE' },
  tag_invalid: { status: 400, code: 'TAG_INVALID' },
  too_large: { status: 413, code: 'SIZE_INVALID' },
  unauthorized: { status: 401, code: 'UNAUTHORIZED' },
  upload_busy: { status: 409, code: 'BLOB_UPLOAD_INVALID' },
  upload_invalid: { status: 400, code: 'BLOB_UPLOAD_INVALID' },
};

/** The answer to anything thrown while a `/v2` request was served; what is not a DomainError is logged with its cause. */
export function registryErrorAnswer(error: unknown, request: RequestContext, logger: Logger): Answer {
  const known = toDomainError(error);
  if (known === undefined) {
    logger.error({ err: error, requestId: request.requestId, operation: request.method }, 'request failed');
    return errorAnswer({ status: 500, code: 'UNKNOWN' }, `Internal error; request id ${request.requestId}.`, {
      request_id: request.requestId,
    });
  }
  const shape = wire[known.code];
  if (shape.status >= 500) logger.warn({ err: known, requestId: request.requestId }, 'request refused');
  return errorAnswer(shape, known.message, known.detail, {
    readOnly: known.code === 'read_only',
    retryAfterSeconds: known.retryAfterSeconds,
    headers: headersOf(known),
  });
}

/** Upload refusals carry the state of the session in headers, put into `detail.headers` by the handlers. */
const responseHeaders = new WeakMap<DomainError, Readonly<Record<string, string>>>();

/** Attaches response headers (a challenge, an upload's range) to a refusal. */
export function withHeaders(error: DomainError, headers: Readonly<Record<string, string>>): DomainError {
  responseHeaders.set(error, { ...responseHeaders.get(error), ...headers });
  return error;
}

function headersOf(error: DomainError): Readonly<Record<string, string>> {
  return responseHeaders.get(error) ?? {};
}

function errorAnswer(
  shape: Wire,
  message: string,
  detail: Readonly<Record<string, unknown>>,
  extra: {
    readonly readOnly?: boolean;
    readonly retryAfterSeconds?: number | undefined;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Answer {
  const entry = {
    code: shape.code,
    message,
    detail,
    ...(extra.readOnly === true ? { is_readonly: true } : {}),
  };
  const retryAfter = extra.retryAfterSeconds;
  return jsonAnswer(
    shape.status,
    { errors: [entry] },
    {
      ...(retryAfter === undefined ? {} : { 'retry-after': Math.max(1, Math.ceil(retryAfter)) }),
      ...extra.headers,
    },
  );
}
