import type { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import type {
  EventData,
  NotificationLevel,
} from '#/domain/notifications/events/define-notification-event.ts';
import type { RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';

/** What methods know of the repository. */
export type NotifiedRepository = Pick<RepositoryReference, 'id' | 'namespaceId' | 'namespace' | 'name'>;

/** One event on its way to one notification. */
export interface Delivery {
  /** The same over all attempts. */
  readonly id: string;
  readonly notification: { readonly uuid: string; readonly title: string | null };
  readonly repository: NotifiedRepository;
  /** `namespace/name` when it happened. */
  readonly repositoryName: string;
  readonly event: string;
  readonly level: NotificationLevel;
  /** One sentence without markup. */
  readonly summary: string;
  /** The payload, with Quay's keys. */
  readonly data: EventData;
  /** Page about the event. */
  readonly homepage: string;
}

/** The stored configuration of a notification: what the caller gave, with secrets encrypted. */
export type MethodConfig = Readonly<Record<string, unknown>>;

/** A way in which notifications reach somebody. */
export interface NotificationMethod {
  readonly name: string;
  /** The service behind it is gone: stored notifications stay and are never delivered. */
  readonly retired: boolean;
  /** Returns what is stored of a new notification's configuration. Throws DomainError `invalid_request`. */
  accept(services: Services, repository: NotifiedRepository, config: MethodConfig): Promise<MethodConfig>;
  /** What may be shown of a stored configuration. */
  show(stored: MethodConfig): MethodConfig;
  /** Throws when the receiver did not take it; the message must hold no secret. */
  deliver(services: Services, delivery: Delivery, stored: MethodConfig): Promise<void>;
}

/** A plug-in of this folder; `config` describes what the method reads, other keys are kept as they are. */
export function defineNotificationMethod<Schema extends z.ZodType>(definition: {
  readonly name: string;
  readonly config: Schema;
  check(services: Services, repository: NotifiedRepository, config: z.output<Schema>): Promise<void>;
  deliver(services: Services, delivery: Delivery, config: z.output<Schema>): Promise<void>;
  /** A key of its own that is stored beside what the caller gave, never taken from the caller and never shown. */
  readonly derived?: {
    readonly key: string;
    find(services: Services, repository: NotifiedRepository, config: z.output<Schema>): Promise<unknown>;
  };
  /** Key of a secret, which is encrypted and never shown. */
  readonly secretKey?: string;
}): NotificationMethod {
  const { name, config: schema, secretKey, derived } = definition;
  const parse = (config: MethodConfig): z.output<Schema> => {
    const parsed = schema.safeParse(config);
    if (parsed.success) return parsed.data;
    throw new DomainError(
      'invalid_request',
      parsed.error.issues[0]?.message ?? 'The configuration is wrong.',
    );
  };
  return {
    name,
    retired: false,
    async accept(services, repository, config) {
      const parsed = parse(config);
      await definition.check(services, repository, parsed);
      const stored = changeSecret(config, secretKey, (secret) => services.secretBox.encrypt(secret));
      return derived === undefined
        ? stored
        : { ...stored, [derived.key]: await derived.find(services, repository, parsed) };
    },
    show(stored) {
      return Object.fromEntries(
        Object.entries(stored).filter(([key]) => key !== secretKey && key !== derived?.key),
      );
    },
    async deliver(services, delivery, stored) {
      const clear = changeSecret(stored, secretKey, (secret) => services.secretBox.decrypt(secret));
      await definition.deliver(services, delivery, parse(clear));
    },
  };
}

/** A method whose service was shut down. */
export function retiredMethod(name: string, service: string): NotificationMethod {
  return {
    name,
    retired: true,
    async accept() {
      throw new DomainError(
        'invalid_request',
        `${service} was shut down: no new notifications can be sent there. Use webhook or slack.`,
      );
    },
    show: (stored) => stored,
    async deliver() {
      throw new Error(`${service} was shut down`);
    },
  };
}

function changeSecret(
  config: MethodConfig,
  secretKey: string | undefined,
  change: (secret: string) => string,
): MethodConfig {
  const secret = secretKey === undefined ? undefined : config[secretKey];
  if (secretKey === undefined || typeof secret !== 'string' || secret === '') return config;
  return { ...config, [secretKey]: change(secret) };
}
