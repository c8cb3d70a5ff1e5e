import { type JsonObject, OciParseError, parseJsonObject } from '@wharf/oci';
import { DomainError } from '#/domain/errors.ts';

/** The object in the bytes; throws `manifest_invalid`. */
export function readJson(bytes: Buffer, what: string): JsonObject {
  try {
    return parseJsonObject(bytes, 'manifest_invalid', what);
  } catch (error) {
    if (!(error instanceof OciParseError)) throw error;
    throw new DomainError('manifest_invalid', error.message);
  }
}
