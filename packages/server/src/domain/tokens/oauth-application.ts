import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import type { OauthApplicationRow } from './queries.ts';
import { findApplicationRow, listApplicationRows, type StoredApplication } from './queries-applications.ts';

/** An OAuth application as administrators of its owner see it. */
export interface OauthApplication extends OauthApplicationRow {
  readonly redirectUri: string;
  readonly applicationUri: string;
  readonly description: string;
  readonly avatarEmail: string | null;
  /** In clear: only for the owner's administrators. */
  readonly clientSecret: string;
}

export function applicationFromRow(services: Services, row: StoredApplication): OauthApplication {
  const { clientSecretEncrypted, ...application } = row;
  return { ...application, clientSecret: services.secretBox.decrypt(clientSecretEncrypted) };
}

/** All applications of a user or organization, oldest first. */
export async function listOauthApplications(
  services: Services,
  ownerId: number,
): Promise<OauthApplication[]> {
  const rows = await listApplicationRows(services.database.read, ownerId);
  return rows.map((row) => applicationFromRow(services, row));
}

/** The application with this client id, inside its owner. Throws DomainError `not_found`. */
export async function getOauthApplication(
  services: Services,
  ownerId: number,
  clientId: string,
): Promise<OauthApplication> {
  return applicationFromRow(services, await getApplicationRow(services.database.read, ownerId, clientId));
}

/** Throws DomainError `not_found`. */
export async function getApplicationRow(
  db: Db,
  ownerId: number,
  clientId: string,
): Promise<StoredApplication> {
  const row = await findApplicationRow(db, ownerId, clientId);
  if (row === undefined) throw new DomainError('not_found', 'There is no such application.');
  return row;
}
