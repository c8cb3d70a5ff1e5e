import { findReference, type Reference } from '@wharf/oci';
import { DomainError } from '#/domain/errors.ts';
import { digestOf, tagOf } from '#/registry/parameters.ts';

/** For reads: a text that can be neither tag nor digest names nothing; throws `manifest_unknown`. */
export function readReferenceOf(text: string): Reference {
  const reference = findReference(text);
  if (reference !== undefined) return reference;
  throw new DomainError(
    'manifest_unknown',
    'There is no manifest of that name: it is neither a tag nor a digest.',
  );
}

/** For writes: throws `digest_invalid` or `tag_invalid`. */
export function writeReferenceOf(text: string): Reference {
  return text.includes(':') ? { digest: digestOf(text) } : { tag: tagOf(text) };
}
