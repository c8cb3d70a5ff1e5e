import type { TagName } from '@wharf/oci';
import { DomainError } from '#/domain/errors.ts';
import type { PreparedManifest } from '#/domain/manifests/index.ts';
import type { PushManifestInput } from './push-manifest.ts';

/** Most names that one push may move. */
export const mostTagsPerPush = 32;

/**
 * The names that a push points at its manifest, each once: the one in the URL, or the `tag` parameters. Schema 1 names its tag
 * itself, which must be the one in the URL (`tag_invalid`), and by digest is the one that it gets (registry protocol A8.4).
 */
export function listPushedTags(
  { reference, tags }: Pick<PushManifestInput, 'reference' | 'tags'>,
  { parsed }: PreparedManifest,
): readonly TagName[] {
  const named = new Set('tag' in reference ? [reference.tag, ...tags] : tags);
  if (parsed.kind === 'schema1' || parsed.kind === 'schema1-signed') {
    if (named.size === 0) return [parsed.tag];
    for (const name of named) {
      if (name !== parsed.tag) {
        throw new DomainError(
          'tag_invalid',
          `The manifest is of the tag ${parsed.tag}; push it under that name.`,
          {
            detail: { tag: name, expected: parsed.tag },
          },
        );
      }
    }
  }
  if (named.size > mostTagsPerPush) {
    throw new DomainError('too_large', `At most ${mostTagsPerPush} tags can be pushed at once.`);
  }
  return [...named];
}
