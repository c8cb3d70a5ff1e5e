import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { deleteOauthTokenRow } from './queries.ts';

/** Ends a bearer token that the account granted, at once. Throws DomainError `not_found`. */
export async function revokeOauthToken(
  services: Services,
  input: { readonly accountId: number; readonly uuid: string },
): Promise<void> {
  const deleted = await services.database.transaction((db) =>
    deleteOauthTokenRow(db, input.accountId, input.uuid),
  );
  if (!deleted) throw new DomainError('not_found', 'The token does not exist.');
  services.events.publish({ kind: 'authority-changed' });
}
