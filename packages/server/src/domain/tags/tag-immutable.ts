import { DomainError } from '#/domain/errors.ts';

/** `tag_immutable`: neither a push nor a deletion may change the tag. */
export function tagImmutable(tag: string): DomainError {
  return new DomainError(
    'tag_immutable',
    `The tag ${tag} is immutable: it can be neither moved nor deleted.`,
    {
      detail: { tag },
    },
  );
}
