import type { Database } from '#/db/database.ts';
import { createOrganization, createUser } from '#/domain/namespaces/index.ts';
import { createRepository, type RepositoryReference } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { type ManualClock, manualClock } from '#/platform/clock.ts';
import { silentLogger } from '#/platform/logger.ts';
import { createMailer } from '#/platform/mailer.ts';
import { createOutboundHttp } from '#/platform/outbound-http.ts';
import { createTestServices } from '#/testing/services.ts';

export interface NotificationFixture {
  readonly services: Services;
  readonly clock: ManualClock;
  /** Owns the organization acme. */
  readonly ann: { readonly id: number };
  readonly bob: { readonly id: number };
  readonly acme: { readonly id: number };
  /** `acme/app` */
  readonly repository: RepositoryReference;
}

/** People, an organization and a repository, with a way out to loopback and to a mail server there. */
export async function notificationFixture(
  database: Database,
  options: { readonly smtpPort?: number } = {},
): Promise<NotificationFixture> {
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const mail = {
    server: '127.0.0.1',
    port: options.smtpPort ?? 1,
    useTls: false,
    username: undefined,
    password: undefined,
    sender: 'registry@example.com',
    failSilently: false,
  };
  const services = createTestServices({
    database,
    clock,
    mailer: createMailer(mail, silentLogger()),
    outbound: createOutboundHttp({
      allowedHosts: ['127.0.0.1'],
      blockedHosts: [],
      allowPrivateAddresses: true,
    }),
    settings: {
      featureMailing: true,
      publicUrl: 'https://registry.example.com',
      notifications: { registryTitle: 'The <Registry>', sendTimeoutSeconds: 5 },
    },
  });
  const person = (name: string) =>
    createUser(services, { name, password: 'correct-horse', email: `${name}@example.com` });
  const ann = await person('ann');
  const bob = await person('bob');
  const acme = await createOrganization(services, { name: 'acme', ownerId: ann.id });
  const repository = await createRepository(services, {
    namespaceId: acme.id,
    name: 'app',
    visibility: 'private',
    creator: undefined,
  });
  return { services, clock, ann, bob, acme, repository };
}
