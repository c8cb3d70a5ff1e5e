import { createUser } from '#/domain/namespaces/index.ts';
import { authEngineConformance } from '#/testing/auth-engine-conformance.ts';
import { openAuthEngine } from './open-auth-engine.ts';

authEngineConformance('Database', {
  checks: 'here',
  async open(_t, services) {
    const people = [
      { login: 'alice', name: 'alice', password: 'correct-horse', email: 'alice@example.com' },
      { login: 'bobby@example.com', name: 'bobby', password: 'staple-battery', email: 'bobby@example.com' },
    ];
    for (const { name, email, password } of people) await createUser(services, { name, email, password });
    return { engine: openAuthEngine(services, 'Database', {}), people };
  },
});

authEngineConformance('AppToken', {
  checks: 'never',
  async open(_t, services) {
    await createUser(services, { name: 'alice', password: 'correct-horse' });
    return { engine: openAuthEngine(services, 'AppToken', {}), people: [] };
  },
});

authEngineConformance('OIDC', {
  checks: 'never',
  async open(_t, services) {
    await createUser(services, { name: 'alice', password: 'correct-horse' });
    return { engine: openAuthEngine(services, 'OIDC', {}), people: [] };
  },
});
