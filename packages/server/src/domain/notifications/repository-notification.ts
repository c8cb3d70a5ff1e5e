import type { EventConfig } from './events/define-notification-event.ts';
import type { MethodConfig, NotifiedRepository } from './methods/define-notification-method.ts';

/** Deliveries that fail in a row until a notification rests. */
export const mostFailures = 3;

/** What a repository tells, and how. */
export interface RepositoryNotification {
  readonly uuid: string;
  readonly title: string | null;
  readonly event: string;
  readonly method: string;
  /** As stored: secrets are encrypted. */
  readonly config: MethodConfig;
  readonly eventConfig: EventConfig;
  /** Failed deliveries in a row; from `mostFailures` on nothing is sent until it is reset. */
  readonly numberOfFailures: number;
}

export interface StoredNotification extends RepositoryNotification {
  readonly repository: NotifiedRepository;
}
