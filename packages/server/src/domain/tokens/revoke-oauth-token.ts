import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { deleteOauthTokenRow, findOauthTokenByUuid } from './queries.ts';

/** Ends a bearer token that the account granted, at once. Throws DomainError `not_found`. */
export async function revokeOauthToken(
  services: Services,
  input: { readonly accountId: number; readonly uuid: string; readonly performer?: Performer },
): Promise<void> {
  const { accountId, uuid, performer } = input;
  await services.database.transaction(async (db) => {
    const token = await findOauthTokenByUuid(db, uuid);
    if (token === undefined || !(await deleteOauthTokenRow(db, accountId, uuid))) {
      throw new DomainError('not_found', 'The token does not exist.');
    }
    await writeChangeLog(services, db, {
      kind: 'revoke_oauth_api_token',
      accountId,
      performer,
      metadata: {
        oauth_token_uuid: uuid,
        application_name: token.applicationName,
        client_id: token.clientId,
      },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
}
