/** What kind of text could not be parsed. */
export type OciParseReason =
  | 'config_invalid'
  | 'digest_malformed'
  | 'digest_unsupported'
  | 'duration_invalid'
  | 'manifest_invalid'
  | 'manifest_type_unsupported'
  | 'name_invalid'
  | 'namespace_required'
  | 'range_invalid'
  | 'scope_invalid'
  | 'tag_invalid'
  | 'version_spec_invalid';

/** Thrown by every `parse` function of this package; the message is safe to show and says what was expected. */
export class OciParseError extends Error {
  readonly reason: OciParseReason;

  constructor(reason: OciParseReason, message: string) {
    super(message);
    this.name = 'OciParseError';
    this.reason = reason;
  }
}
