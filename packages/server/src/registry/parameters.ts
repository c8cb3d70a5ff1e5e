import {
  type Digest,
  findDigest,
  OciParseError,
  parseDigest,
  parseRepositoryPath,
  parseTagName,
  type RepositoryPath,
  type TagName,
} from '@wharf/oci';
import { DomainError } from '#/domain/errors.ts';
import type { RegistrySettings } from '#/registry/settings.ts';

/** The repository of a request's path; throws `name_invalid`, or `invalid_request` when a namespace must be given. */
export function repositoryOf(path: string, settings: RegistrySettings): RepositoryPath {
  try {
    return parseRepositoryPath(path, {
      librarySupport: settings.featureLibrarySupport,
      libraryNamespace: settings.libraryNamespace,
      extendedNames: settings.featureExtendedRepositoryNames,
    });
  } catch (error) {
    throw refusal(error, 'name_invalid');
  }
}

/** A digest from a path or a query; throws `digest_invalid`. */
export function digestOf(text: string): Digest {
  try {
    return parseDigest(text);
  } catch (error) {
    throw refusal(error, 'digest_invalid');
  }
}

/**
 * The digest of a blob to look up. Hex digits in upper case are well formed, but nothing is stored under them; throws `blob_unknown` for
 * them, `digest_invalid` for anything else that is no digest.
 */
export function blobDigestOf(text: string): Digest {
  const [algorithm = '', encoded = ''] = text.split(':', 2);
  if (findDigest(text) === undefined && findDigest(`${algorithm}:${encoded.toLowerCase()}`) !== undefined) {
    throw new DomainError('blob_unknown', 'The blob is not in this repository: digests are in lower case.');
  }
  return digestOf(text);
}

/** A tag from a path or a query; throws `tag_invalid`. */
export function tagOf(text: string): TagName {
  try {
    return parseTagName(text);
  } catch (error) {
    throw refusal(error, 'tag_invalid');
  }
}

function refusal(error: unknown, code: 'name_invalid' | 'digest_invalid' | 'tag_invalid'): unknown {
  return error instanceof OciParseError ? new DomainError(code, error.message, { cause: error }) : error;
}
