import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { deleteAppTokenRow, findAppTokenRow } from './queries.ts';

/** Ends an app-specific token at once. Throws DomainError `not_found`. */
export async function revokeAppToken(
  services: Services,
  input: { readonly accountId: number; readonly uuid: string; readonly performer?: Performer },
): Promise<void> {
  await services.database.transaction(async (db) => {
    const token = await findAppTokenRow(db, input.accountId, input.uuid);
    if (token === undefined) throw new DomainError('not_found', 'The token does not exist.');
    await deleteAppTokenRow(db, input.accountId, input.uuid);
    await writeChangeLog(services, db, {
      kind: 'revoke_app_specific_token',
      accountId: input.accountId,
      performer: input.performer,
      metadata: { app_specific_token_title: token.title, app_specific_token: token.uuid },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
}
