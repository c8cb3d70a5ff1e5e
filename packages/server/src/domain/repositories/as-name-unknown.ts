import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { findRepositoryById } from './queries.ts';

/**
 * Runs `work`, which writes rows below a repository that was there a moment ago; when it fails and the repository is gone meanwhile, that
 * is the reason: DomainError `name_unknown`.
 */
export async function asNameUnknown<T>(
  { database }: Pick<Services, 'database'>,
  repositoryId: number,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if ((await findRepositoryById(database.read, repositoryId)) !== undefined) throw error;
    throw new DomainError('name_unknown', 'This repository does not exist.', { cause: error });
  }
}
