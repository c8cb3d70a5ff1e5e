import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { auditMetadata } from './create-repository-notification.ts';
import type { NotifiedRepository } from './methods/define-notification-method.ts';
import { clearFailures, deleteNotification, findRepositoryNotification } from './queries.ts';
import type { RepositoryNotification } from './repository-notification.ts';

interface Change {
  readonly repository: NotifiedRepository;
  readonly uuid: string;
  readonly performer?: Performer;
}

/** Throws DomainError `invalid_request`: Quay answers 400 where there is no such notification. */
export async function deleteRepositoryNotification(services: Services, input: Change): Promise<void> {
  await change(services, input, 'delete_repo_notification', deleteNotification);
}

/** Lets a notification send again after too many failures. Throws as deleteRepositoryNotification. */
export async function resetRepositoryNotification(services: Services, input: Change): Promise<void> {
  await change(services, input, 'reset_repo_notification', clearFailures);
}

async function change(
  services: Services,
  { repository, uuid, performer }: Change,
  kind: 'delete_repo_notification' | 'reset_repo_notification',
  write: (db: Db, uuid: string) => Promise<void>,
): Promise<void> {
  await services.database.transaction(async (db) => {
    const notification = await getNotification(db, repository.id, uuid);
    await write(db, uuid);
    await writeChangeLog(services, db, {
      kind,
      accountId: repository.namespaceId,
      repositoryId: repository.id,
      performer,
      metadata: auditMetadata(repository, notification),
    });
  });
}

/** Throws DomainError `invalid_request`. */
export async function getNotification(
  db: Db,
  repositoryId: number,
  uuid: string,
): Promise<RepositoryNotification> {
  const notification = await findRepositoryNotification(db, repositoryId, uuid);
  if (notification === undefined)
    throw new DomainError('invalid_request', `No repository notification found for: ${uuid}`);
  return notification;
}
