import { DomainError } from '#/domain/errors.ts';

export function nameUnknown(): DomainError {
  return new DomainError('name_unknown', 'The repository does not exist.');
}
