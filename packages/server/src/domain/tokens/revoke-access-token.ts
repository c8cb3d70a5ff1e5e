import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { deleteAccessTokenRow } from './queries.ts';

/** Ends a token of the repository at once. Throws DomainError `not_found`. */
export async function revokeAccessToken(
  services: Services,
  input: { readonly repositoryId: number; readonly tokenName: string },
): Promise<void> {
  const deleted = await services.database.transaction((db) =>
    deleteAccessTokenRow(db, input.repositoryId, input.tokenName),
  );
  if (!deleted) throw new DomainError('not_found', 'The token does not exist.');
  services.events.publish({ kind: 'authority-changed' });
}
