import type { Services } from '#/domain/services.ts';
import { deleteMessage } from './queries.ts';

/** Deletes a message if it is there. */
export async function deleteGlobalMessage(
  { database }: Pick<Services, 'database'>,
  uuid: string,
): Promise<void> {
  await database.transaction((db) => deleteMessage(db, uuid));
}
