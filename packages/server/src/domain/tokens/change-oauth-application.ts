import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { randomText } from '#/platform/random-text.ts';
import { checkApplicationFields, clientSecretLength } from './create-oauth-application.ts';
import { applicationFromRow, getApplicationRow, type OauthApplication } from './oauth-application.ts';
import { deleteApplicationRow, updateApplicationRow } from './queries-applications.ts';

interface Named {
  readonly ownerId: number;
  readonly clientId: string;
  readonly performer?: Performer | undefined;
}

/** Replaces everything but client id and secret. Throws DomainError `not_found`, `invalid_request`. */
export async function updateOauthApplication(
  services: Services,
  input: Named & {
    readonly name: string;
    readonly redirectUri: string;
    readonly applicationUri: string;
    readonly description: string;
    readonly avatarEmail: string | null;
  },
): Promise<OauthApplication> {
  const { ownerId, clientId, name, redirectUri, applicationUri, description, avatarEmail } = input;
  checkApplicationFields(input);
  const row = await services.database.transaction(async (db) => {
    const { id } = await getApplicationRow(db, ownerId, clientId);
    await updateApplicationRow(db, id, {
      name,
      redirect_uri: redirectUri,
      application_uri: applicationUri,
      description,
      avatar_email: avatarEmail,
    });
    await writeChangeLog(services, db, {
      kind: 'update_application',
      accountId: ownerId,
      performer: input.performer,
      metadata: {
        name,
        redirect_uri: redirectUri,
        application_uri: applicationUri,
        description,
        avatar_email: avatarEmail,
        application_name: name,
        client_id: clientId,
      },
    });
    return getApplicationRow(db, ownerId, clientId);
  });
  return applicationFromRow(services, row);
}

/** Ends the application with its tokens and codes, at once. Throws DomainError `not_found`. */
export async function deleteOauthApplication(services: Services, input: Named): Promise<void> {
  await services.database.transaction(async (db) => {
    const { id, name } = await getApplicationRow(db, input.ownerId, input.clientId);
    await deleteApplicationRow(db, id);
    await writeChangeLog(services, db, {
      kind: 'delete_application',
      accountId: input.ownerId,
      performer: input.performer,
      metadata: { application_name: name, client_id: input.clientId },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
}

/** Gives the application a new client secret; the old one stops at once. Throws DomainError `not_found`. */
export async function resetOauthApplicationSecret(
  services: Services,
  input: Named,
): Promise<OauthApplication> {
  const clientSecret = randomText(clientSecretLength);
  const row = await services.database.transaction(async (db) => {
    const application = await getApplicationRow(db, input.ownerId, input.clientId);
    const clientSecretEncrypted = services.secretBox.encrypt(clientSecret);
    await updateApplicationRow(db, application.id, { client_secret_encrypted: clientSecretEncrypted });
    await writeChangeLog(services, db, {
      kind: 'reset_application_client_secret',
      accountId: input.ownerId,
      performer: input.performer,
      metadata: { application_name: application.name, client_id: input.clientId },
    });
    return { ...application, clientSecretEncrypted };
  });
  return applicationFromRow(services, row);
}
