import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { refuseTooMany } from '#/domain/list-limits.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import { asAlreadyExists, lockAccount } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { randomText } from '#/platform/random-text.ts';
import type { OauthApplication } from './oauth-application.ts';
import { insertOauthApplication } from './queries.ts';
import { countApplications } from './queries-applications.ts';

export interface NewOauthApplication {
  /** The organization (or, of the first user, the person) that it belongs to. */
  readonly ownerId: number;
  readonly name: string;
  readonly redirectUri?: string | undefined;
  readonly applicationUri?: string | undefined;
  readonly description?: string | undefined;
  readonly avatarEmail?: string | null | undefined;
  /** Default: 20 random characters. */
  readonly clientId?: string;
  readonly performer?: Performer | undefined;
}

/** Characters of a client secret. */
export const clientSecretLength = 40;

/** Throws DomainError `invalid_request` (name, long texts), `already_exists` (client id). */
export async function createOauthApplication(
  services: Services,
  input: NewOauthApplication,
): Promise<OauthApplication> {
  return asAlreadyExists('The client id is already taken.', () =>
    services.database.transaction((db) => storeOauthApplication(services, db, input)),
  );
}

/** As createOauthApplication, inside the caller's transaction. */
export async function storeOauthApplication(
  services: Services,
  db: Db,
  input: NewOauthApplication,
): Promise<OauthApplication> {
  checkApplicationFields(input);
  await lockAccount(db, input.ownerId);
  const clientId = input.clientId ?? randomText(20);
  const clientSecret = randomText(clientSecretLength);
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
  refuseTooMany(services, 'applications', await countApplications(db, input.ownerId));
  await writeChangeLog(services, db, {
    kind: 'create_application',
    accountId: input.ownerId,
    performer: input.performer,
    metadata: {
      name: input.name,
      redirect_uri: input.redirectUri ?? '',
      application_uri: input.applicationUri ?? '',
      description: input.description ?? '',
      avatar_email: input.avatarEmail ?? null,
      application_name: input.name,
      client_id: clientId,
    },
  });
  return {
    id,
    clientId,
    ownerId: input.ownerId,
    name: input.name,
    redirectUri: input.redirectUri ?? '',
    applicationUri: input.applicationUri ?? '',
    description: input.description ?? '',
    avatarEmail: input.avatarEmail ?? null,
    clientSecret,
  };
}

const longestUri = 10_000;
/** Names that the registry keeps for itself. */
const reservedName = '__quay_bootstrap_app';

/** Throws DomainError `invalid_request` for fields that an application cannot have. */
export function checkApplicationFields(fields: {
  readonly name: string;
  readonly redirectUri?: string | undefined;
  readonly applicationUri?: string | undefined;
  readonly description?: string | undefined;
  readonly avatarEmail?: string | null | undefined;
}): void {
  if (fields.name === '' || fields.name.length > 255) {
    throw new DomainError('invalid_request', 'The name must have 1 to 255 characters.');
  }
  if (fields.name === reservedName) {
    throw new DomainError('invalid_request', `The name "${reservedName}" is reserved.`);
  }
  const texts = [fields.redirectUri, fields.applicationUri, fields.description];
  if (texts.some((text) => (text ?? '').length > longestUri) || (fields.avatarEmail ?? '').length > 255) {
    throw new DomainError('invalid_request', 'The addresses and the description are too long.');
  }
}
