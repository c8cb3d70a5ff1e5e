import { authEngineConformance } from '#/testing/auth-engine-conformance.ts';
import { openJwtEngine } from '#/testing/jwt-fixture.ts';

authEngineConformance('JWT', {
  checks: 'remotely',
  async open(t, services) {
    const { engine, authenticator } = await openJwtEngine(t, services);
    return {
      engine,
      people: authenticator.people.map(({ username, email, password }, index) => ({
        login: index === 0 ? username : (email ?? username),
        name: username,
        password,
        ...(email === undefined ? {} : { email }),
      })),
      remote: {
        halt: () => authenticator.halt(),
        hang: async () => authenticator.hang(),
        resume: () => authenticator.resume(),
        async changePassword({ name }, password) {
          const person = authenticator.people.find(({ username }) => username === name);
          if (person !== undefined) person.password = password;
        },
        countChecks: async () => authenticator.checks(),
      },
    };
  },
});
