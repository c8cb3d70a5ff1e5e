import { DomainError } from '#/domain/errors.ts';

const mostCharacters = 512;

/**
 * Name of queue items: the queue and its path parts, each closed by a slash, so that the name of a path is a prefix of exactly what
 * lies below it. Throws `invalid_request` for a part that would change the structure.
 */
export function queueName(queue: string, ...path: readonly string[]): string {
  const parts = [queue, ...path].map((part) => part.replace(/^\/+/, ''));
  const name = `${parts.join('/')}/`;
  if (parts.some((part) => part === '') || name.length > mostCharacters) {
    throw new DomainError('invalid_request', 'The name of a background job is empty or too long.');
  }
  return name;
}
