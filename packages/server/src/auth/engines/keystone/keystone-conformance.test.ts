import { createOutboundHttp } from '#/platform/outbound-http.ts';
import type { EnginePerson } from '#/testing/auth-engine-conformance.ts';
import { authEngineConformance } from '#/testing/auth-engine-conformance.ts';
import { type Keystone, keystoneEngineConfig, needsKeystone, sharedKeystone } from '#/testing/keystone.ts';
import { keystoneEngine } from './keystone.ts';

const people: readonly EnginePerson[] = [
  { login: 'alice', name: 'alice', password: 'correct-horse', email: 'alice@example.com' },
  { login: 'bobby', name: 'bobby', password: 'staple-battery', email: 'bobby@example.com' },
];
let made: Promise<ReadonlyMap<string, string>> | undefined;

async function makePeople(keystone: Keystone): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  for (const { name, password, email } of people) {
    ids.set(name, await keystone.addUser({ name, password, ...(email === undefined ? {} : { email }) }));
  }
  return ids;
}

authEngineConformance('Keystone', {
  ...needsKeystone(),
  checks: 'remotely',
  async open(_t, services, { timeoutMs }) {
    const keystone = await sharedKeystone();
    made ??= makePeople(keystone);
    const ids = await made;
    const outbound = createOutboundHttp({ allowedHosts: [], blockedHosts: [], allowPrivateAddresses: false });
    // The real one takes its time for a password, and the machine may be busy.
    const config = keystoneEngineConfig(keystone, { timeoutSeconds: Math.max(timeoutMs / 1000, 5) });
    return {
      engine: keystoneEngine.open({ ...services, outbound }, config),
      people,
      remote: {
        halt: () => keystone.halt(),
        hang: async () => keystone.hang(),
        resume: () => keystone.resume(),
        async changePassword({ name }, password) {
          await keystone.call('PATCH', `/users/${ids.get(name)}`, { user: { password } });
        },
        countChecks: async () => keystone.countUserChecks(),
      },
    };
  },
});
