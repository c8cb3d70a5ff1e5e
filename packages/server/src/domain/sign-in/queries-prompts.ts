import type { Db } from '#/db/database.ts';
import { insertIgnore } from '#/db/insert-ignore.ts';
import type { AccountPromptsTable } from '#/db/schema.ts';

export type PromptKind = AccountPromptsTable['kind'];

/** What the person is asked at the next sign-in. */
export async function listPrompts(db: Db, accountId: number): Promise<PromptKind[]> {
  const rows = await db
    .selectFrom('account_prompts')
    .select('kind')
    .where('account_id', '=', accountId)
    .orderBy('kind')
    .execute();
  return rows.map(({ kind }) => kind);
}

export async function insertPrompt(db: Db, accountId: number, kind: PromptKind): Promise<void> {
  await insertIgnore(db, 'account_prompts', { account_id: accountId, kind });
}

export async function deletePrompt(db: Db, accountId: number, kind: PromptKind): Promise<void> {
  await db
    .deleteFrom('account_prompts')
    .where('account_id', '=', accountId)
    .where('kind', '=', kind)
    .execute();
}

export async function deletePrompts(db: Db, accountId: number): Promise<void> {
  await db.deleteFrom('account_prompts').where('account_id', '=', accountId).execute();
}
