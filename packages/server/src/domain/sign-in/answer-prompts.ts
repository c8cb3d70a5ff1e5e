import type { Services } from '#/domain/services.ts';
import { deletePrompt, type PromptKind } from './queries-prompts.ts';

/** The person answered these questions; they are not asked again. */
export async function answerPrompts(
  services: Services,
  accountId: number,
  kinds: readonly PromptKind[],
): Promise<void> {
  if (kinds.length === 0) return;
  await services.database.transaction(async (db) => {
    for (const kind of kinds) await deletePrompt(db, accountId, kind);
  });
}
