import { DomainError } from '#/domain/errors.ts';

const longestDescription = 10_000;

/** Throws DomainError `invalid_request` for a description that is too long. */
export function checkTeamDescription(description: string): void {
  if (description.length <= longestDescription) return;
  throw new DomainError('invalid_request', 'The description must have at most 10000 characters.');
}
