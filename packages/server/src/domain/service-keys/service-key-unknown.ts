import { DomainError } from '#/domain/errors.ts';

export function serviceKeyUnknown(): DomainError {
  return new DomainError('not_found', 'No service key has this id.');
}
