import type { Services } from '#/domain/services.ts';
import type { EventData, NotificationEvent } from './events/define-notification-event.ts';
import type { NotifiedRepository } from './methods/define-notification-method.ts';

/** Where links lead while `SERVER_HOSTNAME` is unset: background work has no request whose Host could tell. */
const fallbackUrl = 'http://localhost:8080';

/** What receivers get of an event: the keys that all have, and its own. */
export function eventPayload(
  { settings }: Pick<Services, 'settings'>,
  event: NotificationEvent,
  repository: Pick<NotifiedRepository, 'namespace' | 'name'>,
  data: EventData,
): EventData {
  const url = settings.publicUrl ?? fallbackUrl;
  const name = `${repository.namespace}/${repository.name}`;
  return {
    repository: name,
    namespace: repository.namespace,
    name: repository.name,
    docker_url: `${new URL(url).host}/${name}`,
    homepage: `${url}/repository/${name}${event.page(data)}`,
    ...data,
  };
}
