import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import { asAlreadyExists } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { randomText } from '#/platform/random-text.ts';
import { insertOauthApplication, type OauthApplicationRow } from './queries.ts';

export interface NewOauthApplication {
  /** The organization (or, of the first user, the person) that it belongs to. */
  readonly ownerId: number;
  readonly name: string;
  readonly redirectUri?: string;
  readonly applicationUri?: string;
  readonly description?: string;
  readonly avatarEmail?: string;
  /** Default: 20 random characters. */
  readonly clientId?: string;
  readonly performer?: Performer | undefined;
}

export interface CreatedOauthApplication extends OauthApplicationRow {
  /** 40 characters, in clear. */
  readonly clientSecret: string;
}

/** Throws DomainError `invalid_request` (name), `already_exists` (client id). */
export async function createOauthApplication(
  services: Services,
  input: NewOauthApplication,
): Promise<CreatedOauthApplication> {
  return asAlreadyExists('The client id is already taken.', () =>
    services.database.transaction((db) => storeOauthApplication(services, db, input)),
  );
}

/** As createOauthApplication, inside the caller's transaction. */
export async function storeOauthApplication(
  services: Services,
  db: Db,
  input: NewOauthApplication,
): Promise<CreatedOauthApplication> {
  if (input.name === '' || input.name.length > 255) {
    throw new DomainError('invalid_request', 'The name must have 1 to 255 characters.');
  }
  const clientId = input.clientId ?? randomText(20);
  const clientSecret = randomText(40);
  const id = await insertOauthApplication(db, {
    client_id: clientId,
    client_secret_encrypted: services.secretBox.encrypt(clientSecret),
    redirect_uri: input.redirectUri ?? '',
    application_uri: input.applicationUri ?? '',
    owner_id: input.ownerId,
    name: input.name,
    description: input.description ?? '',
    avatar_email: input.avatarEmail ?? null,
    created_ms: services.clock.nowMs(),
  });
  await writeChangeLog(services, db, {
    kind: 'create_application',
    accountId: input.ownerId,
    performer: input.performer,
    metadata: { application_name: input.name, client_id: clientId },
  });
  return { id, clientId, ownerId: input.ownerId, name: input.name, clientSecret };
}
