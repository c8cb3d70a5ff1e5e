import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { deleteMessage } from './queries.ts';

/** Throws DomainError `not_found`. */
export async function deleteGlobalMessage(
  { database }: Pick<Services, 'database'>,
  uuid: string,
): Promise<void> {
  await database.transaction(async (db) => {
    if (!(await deleteMessage(db, uuid))) throw new DomainError('not_found', 'Not Found');
  });
}
