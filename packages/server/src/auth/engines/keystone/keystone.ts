import { type AuthEngine, defineAuthEngine } from '#/auth/engines/define-auth-engine.ts';
import {
  createFederatedVerification,
  type RemoteVerification,
} from '#/auth/engines/federated-verification.ts';
import { createRemoteGuard } from '#/auth/engines/remote-guard.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { findKeystoneFault, verifyInKeystone } from './check-keystone.ts';
import { createKeystoneClient } from './keystone-client.ts';
import { type KeystoneConfig, keystoneConfig } from './keystone-config.ts';
import { createKeystonePeople } from './keystone-directory.ts';
import { createKeystoneGroups } from './keystone-groups.ts';

/** People of OpenStack's Keystone, Identity API v3: a password is right when Keystone gives a token for it. */
export const keystoneEngine = defineAuthEngine({
  name: 'Keystone',
  config: keystoneConfig,
  create: createKeystoneEngine,
});

function createKeystoneEngine(services: Services, config: KeystoneConfig): AuthEngine {
  const { clock, outbound } = services;
  if (outbound === undefined) throw new Error('AUTHENTICATION_TYPE Keystone needs the way out for HTTP');
  const client = createKeystoneClient(config, { outbound, clock });
  const people = createKeystonePeople(client);
  const guard = createRemoteGuard(clock, {
    title: 'Keystone',
    timeoutMs: Math.ceil(config.timeoutSeconds * 1000),
  });
  const verifyRemotely = async (login: string, password: string): Promise<RemoteVerification> => {
    const verdict = await verifyInKeystone(config, client, { username: login, password });
    if ('person' in verdict) return verdict;
    return { refusal: new DomainError('invalid_credentials', verdict.reason) };
  };
  const ask = <T>(work: () => Promise<T>): Promise<T> => guard.patiently(() => guard.run(work));
  return {
    service: 'keystone',
    checksPasswords: true,
    verify: createFederatedVerification(services, { service: 'keystone', guard, verifyRemotely }),
    people: {
      findPerson: (name) => ask(() => people.findPerson(name)),
      findPeople: (prefix, limit) => ask(() => people.findPeople(prefix, limit)),
    },
    groups: createKeystoneGroups(client),
    findFault: () => findKeystoneFault(config, { outbound, clock }),
    close: async () => guard.close(),
  };
}
