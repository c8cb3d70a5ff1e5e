/** Every way in which a domain operation can refuse; each surface maps each code to its own wire shape. */
export type ErrorCode =
  | 'account_disabled'
  | 'already_exists'
  | 'blob_referenced'
  | 'blob_unknown'
  | 'blob_upload_unknown'
  | 'changed_meanwhile'
  | 'database_unavailable'
  | 'denied'
  | 'digest_invalid'
  | 'digest_mismatch'
  | 'directory_unavailable'
  | 'external_service_failed'
  | 'fresh_login_required'
  | 'insufficient_storage'
  | 'invalid_credentials'
  | 'invalid_request'
  | 'login_throttled'
  | 'manifest_blob_unknown'
  | 'manifest_invalid'
  | 'manifest_too_large'
  | 'manifest_type_unsupported'
  | 'manifest_unknown'
  | 'manifest_unverified'
  | 'name_invalid'
  | 'name_unknown'
  | 'namespace_disabled'
  | 'not_found'
  | 'overloaded'
  | 'range_invalid'
  | 'read_only'
  | 'repository_kind_unsupported'
  | 'size_invalid'
  | 'storage_unavailable'
  | 'tag_expired'
  | 'tag_immutable'
  | 'tag_invalid'
  | 'too_large'
  | 'unauthorized'
  | 'upload_busy'
  | 'upload_invalid';

export interface DomainErrorOptions {
  /** Shown to the client; must hold no secret. */
  readonly detail?: Readonly<Record<string, unknown>>;
  /** Only logged. */
  readonly cause?: unknown;
  /** Seconds after which a retry can succeed (throttled, overloaded, unavailable). */
  readonly retryAfterSeconds?: number;
}

/** The only error that domain code throws on purpose; `message` and `detail` are safe to show, `cause` is only logged. */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options: DomainErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DomainError';
    this.code = code;
    this.detail = options.detail ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
