import { setTimeout as delay } from 'node:timers/promises';
import { DomainError } from '#/domain/errors.ts';
import { authEngineConformance } from '#/testing/auth-engine-conformance.ts';
import { createFederatedVerification } from './federated-verification.ts';
import { createRemoteGuard } from './remote-guard.ts';

type State = 'well' | 'halted' | 'hanging';

/** What every engine gets from here, on a system of this process. */
authEngineConformance('on a remote system', {
  checks: 'remotely',
  async open(_t, services, { timeoutMs }) {
    const people = [
      { login: 'alice', name: 'alice', password: 'correct-horse', email: 'alice@example.com' },
      { login: 'Bobby', name: 'bobby', password: 'staple-battery' },
    ];
    const passwords = new Map(people.map(({ login, password }) => [login, password]));
    let state: State = 'well';
    const enter = async (next: State): Promise<void> => {
      state = next;
    };
    let checks = 0;
    const guard = createRemoteGuard(services.clock, { title: 'The directory', timeoutMs });
    const verify = createFederatedVerification(services, {
      service: 'ldap',
      guard,
      async verifyRemotely(login, password, signal) {
        if (state === 'halted') throw new Error('connection refused');
        if (state === 'hanging') await delay(60_000, undefined, { signal });
        checks += 1;
        await delay(1);
        if (passwords.get(login) !== password) {
          return { refusal: new DomainError('invalid_credentials', 'Invalid password') };
        }
        const email = people.find((person) => person.login === login)?.email;
        return { person: { username: login, email } };
      },
    });
    return {
      engine: { service: 'ldap', checksPasswords: true, verify, close: async () => guard.close() },
      people,
      remote: {
        halt: () => enter('halted'),
        hang: () => enter('hanging'),
        resume: () => enter('well'),
        async changePassword({ login }, password) {
          passwords.set(login, password);
        },
        countChecks: async () => checks,
      },
    };
  },
});
