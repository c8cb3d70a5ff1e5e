import { UniqueViolationError } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';

/** Runs `work`; a key that another transaction took first becomes DomainError `already_exists` with this message. */
export async function asAlreadyExists<T>(message: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UniqueViolationError) {
      throw new DomainError('already_exists', message, { cause: error });
    }
    throw error;
  }
}
