import { randomUUID } from 'node:crypto';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import type { GlobalMessage } from './global-message.ts';
import { countGlobalMessages, insertGlobalMessage } from './queries.ts';

/** The list is shown whole on every page. */
const mostMessages = 100;
const mostCharacters = 4096;

/** Throws DomainError `invalid_request` for an empty or long text, and when there are too many messages. */
export async function createGlobalMessage(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  input: Omit<GlobalMessage, 'uuid'>,
): Promise<GlobalMessage> {
  if (input.content.trim() === '' || input.content.length > mostCharacters)
    throw new DomainError('invalid_request', `A message has 1 to ${mostCharacters} characters.`);
  const message = { ...input, uuid: randomUUID() };
  await database.transaction(async (db) => {
    if ((await countGlobalMessages(db)) >= mostMessages)
      throw new DomainError('invalid_request', `There are ${mostMessages} messages; delete one first.`);
    await insertGlobalMessage(db, message, clock.nowMs());
  });
  return message;
}
