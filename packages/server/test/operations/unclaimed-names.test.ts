import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServer } from '#/testing/server-process.ts';

for (const [configuration, warns] of [
  [{ SUPER_USERS: ['root'] }, true],
  [{ SUPER_USERS: ['root'], FEATURE_USER_CREATION: false }, false],
  [{ SUPER_USERS: [] }, false],
] as const) {
  test(`${JSON.stringify(configuration)}: ${warns ? 'warns' : 'does not warn'} of names that anybody could take`, async (t) => {
    const server = await startServer({ configuration });
    t.after(() => server.dispose());
    assert.equal(server.output().includes('anybody may register under these names'), warns);
  });
}
