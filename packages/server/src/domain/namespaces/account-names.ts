import { findNamespaceName } from '@wharf/oci';
import { DomainError } from '#/domain/errors.ts';

const longestName = 255;

/** Throws DomainError `name_invalid` unless a person or organization may be called so. */
export function checkAccountName(name: string): void {
  if (findNamespaceName(name) !== undefined) return;
  throw new DomainError(
    'name_invalid',
    'The name must have 2 to 255 lower-case letters or digits, with single ".", "_" or "-" between them.',
  );
}

/** Throws DomainError `name_invalid` unless a team may be called so. */
export function checkTeamName(name: string): void {
  if (findNamespaceName(name) !== undefined) return;
  throw new DomainError(
    'name_invalid',
    'The team name must have 2 to 255 lower-case letters or digits, with single ".", "_" or "-" between them.',
  );
}

/** `namespace+short`; throws DomainError `name_invalid` when `shortName` cannot be one. */
export function robotName(namespace: string, shortName: string): string {
  const name = `${namespace}+${shortName}`;
  if (findNamespaceName(shortName) !== undefined && name.length <= longestName) return name;
  throw new DomainError(
    'name_invalid',
    'The robot name must have 2 or more lower-case letters or digits, with single ".", "_" or "-" between them, and at most 255 with its namespace.',
  );
}
