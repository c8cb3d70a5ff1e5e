import { randomUUID } from 'node:crypto';
import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import type { Services } from '#/domain/services.ts';
import { findNotificationEvent, notificationEvents } from './events/all-events.ts';
import type { EventConfig } from './events/define-notification-event.ts';
import { findNotificationMethod, notificationMethods } from './methods/all-methods.ts';
import type { MethodConfig, NotifiedRepository } from './methods/define-notification-method.ts';
import { countNotifications, insertNotification } from './queries.ts';
import type { RepositoryNotification } from './repository-notification.ts';

/** Every push writes a row for each of them. */
const mostNotifications = 100;
const longestTitle = 255;
const longestConfig = 20 * 1024;

/** Throws DomainError `invalid_request` for an unknown event or method and for what its configuration lacks. */
export async function createRepositoryNotification(
  services: Services,
  input: {
    readonly repository: NotifiedRepository;
    readonly event: string;
    readonly method: string;
    readonly config: MethodConfig;
    readonly eventConfig: EventConfig;
    readonly title: string | null;
    readonly performer?: Performer;
  },
): Promise<RepositoryNotification> {
  const { repository, event, method, eventConfig, title } = input;
  const eventDefinition = findNotificationEvent(event);
  if (eventDefinition === undefined) throw unknownName('event', event, notificationEvents);
  const methodDefinition = findNotificationMethod(method);
  if (methodDefinition === undefined) throw unknownName('method', method, notificationMethods);
  if (
    JSON.stringify([input.config, eventConfig]).length > longestConfig ||
    (title ?? '').length > longestTitle
  )
    throw new DomainError('invalid_request', 'The notification is too long.');
  // PostgreSQL compares no text with NUL.
  if (JSON.stringify([input.config, eventConfig, title]).includes('\\u0000'))
    throw new DomainError('invalid_request', 'The notification must not contain a NUL character.');
  eventDefinition.checkConfig(eventConfig);
  const config = await methodDefinition.accept(services, repository, input.config);
  const notification = { uuid: randomUUID(), title, event, method, config, eventConfig, numberOfFailures: 0 };
  await services.database.transaction(async (db) => {
    if ((await countNotifications(db, repository.id)) >= mostNotifications)
      throw new DomainError(
        'invalid_request',
        `A repository has at most ${mostNotifications} notifications.`,
      );
    await insertNotification(db, repository.id, notification, services.clock.nowMs());
    await writeChangeLog(services, db, {
      kind: 'add_repo_notification',
      accountId: repository.namespaceId,
      repositoryId: repository.id,
      performer: input.performer,
      metadata: auditMetadata(repository, notification),
    });
  });
  return notification;
}

/** What audit rows tell of a notification; never its configuration, whose URLs are secrets. */
export function auditMetadata(
  repository: NotifiedRepository,
  { uuid, event, method }: RepositoryNotification,
): Readonly<Record<string, unknown>> {
  return { repo: repository.name, namespace: repository.namespace, notification_id: uuid, event, method };
}

function unknownName(what: string, name: string, known: readonly { readonly name: string }[]): DomainError {
  const names = known.map((one) => one.name).join(', ');
  return new DomainError('invalid_request', `There is no ${what} "${name}"; there are ${names}.`);
}
