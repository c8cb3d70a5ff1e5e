import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { AnyRoute } from '#/http/route.ts';
import { repositoryBadge } from '#/ops/badge/repository-badge.ts';
import { fileRoutes } from '#/ops/files/file-routes.ts';
import { healthRoutes } from '#/ops/health/health-routes.ts';
import { instanceRoutes } from '#/ops/instance/instance-routes.ts';
import { landingPage } from '#/ops/landing/landing-page.ts';
import { serviceKeyRoutes } from '#/ops/service-keys/service-key-routes.ts';
import { registryRoutes } from '#/registry/routes.ts';
import { tokenRoutes } from '#/registry/token/token-routes.ts';
import { basic, type Caller, callers, openWorld } from './open-world.ts';
import { generalRows, type Right, repositoryRows } from './route-rows.ts';

/*
 * Every mounted route of the registry with every kind of caller, on a private and on a public repository (design: permissions test). A route without a row
 * fails the first test.
 */

/** Rights on the private and on the public repository. */
const rights: Readonly<Record<Caller, readonly [Right, Right]>> = {
  anonymous: ['none', 'read'],
  reader: ['read', 'read'],
  writer: ['write', 'write'],
  admin: ['write', 'write'],
  'other tenant': ['none', 'read'],
  'robot with read': ['read', 'read'],
  'robot with write': ['write', 'write'],
  'superuser without rights': ['none', 'read'],
  'disabled user': ['void', 'void'],
  'access token of another repository': ['none', 'read'],
  'OAuth token with repo:read': ['read', 'read'],
  'OAuth token with user:read': ['none', 'read'],
};

/** What the token service grants of `pull,push,*`, by right; only administrators get `*`. */
const grants: Readonly<Record<Right, readonly string[]>> = {
  void: [],
  none: [],
  read: ['pull'],
  write: ['push', 'pull'],
};

const allRoutes: readonly AnyRoute<never>[] = [
  ...registryRoutes,
  ...tokenRoutes,
  ...healthRoutes,
  ...instanceRoutes,
  ...fileRoutes,
  ...serviceKeyRoutes,
  repositoryBadge,
  landingPage,
];

const cleanups: (() => Promise<void> | void)[] = [];
after(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});
const world = await openWorld({ after: (cleanup) => void cleanups.push(cleanup as () => Promise<void>) });

test('every route has a row, and every row a route', () => {
  const rows = [...Object.keys(repositoryRows), ...Object.keys(generalRows), 'issueToken'];
  assert.deepEqual(rows.sort(), allRoutes.map(({ operationId }) => operationId).sort());
  for (const { operationId, method } of allRoutes) {
    const row = repositoryRows[operationId] ?? generalRows[operationId];
    if (row !== undefined) assert.equal(row.method, method, operationId);
  }
  assert.equal(world.mountedRoutes, allRoutes.length, 'nothing is mounted beside the lists');
});

for (const caller of callers) {
  for (const [index, visibility] of (['private', 'public'] as const).entries()) {
    const right = rights[caller][index] ?? 'void';
    const repository = visibility === 'private' ? world.privateRepository : world.publicRepository;

    test(`${caller} on a ${visibility} repository`, async () => {
      const token = await world.tokenOf(caller, repository);
      const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const found: Record<string, number> = {};
      const expected: Record<string, number> = {};
      for (const [operationId, row] of Object.entries(repositoryRows)) {
        const { path, headers, body } = await row.prepare(world, repository);
        const { status } = await world.call(
          row.method,
          `/v2/${repository.namespace}/${repository.name}/${path}`,
          {
            headers: { ...headers, ...authorization },
            ...(body === undefined ? {} : { body }),
          },
        );
        found[operationId] = status;
        expected[operationId] = row.statuses[right];
      }
      assert.deepEqual(found, expected);
    });
  }

  test(`${caller} on the routes of no repository`, async () => {
    const token = await world.tokenOf(caller, world.publicRepository);
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const kind = caller === 'anonymous' ? 'anonymous' : caller === 'disabled user' ? 'void' : 'valid';
    const found: Record<string, number> = {};
    const expected: Record<string, number> = {};
    for (const [operationId, row] of Object.entries(generalRows)) {
      const answer = await world.call(row.method, row.path, { headers });
      found[operationId] = answer.status;
      expected[operationId] = row.statuses[kind];
    }
    assert.deepEqual(found, expected);
  });

  test(`the token service cuts the scopes of ${caller}`, async () => {
    const headers = caller === 'anonymous' ? {} : { authorization: basic(world.credentials[caller]) };
    for (const [index, repository] of [world.privateRepository, world.publicRepository].entries()) {
      const scope = `repository:${repository.namespace}/${repository.name}:pull,push,*`;
      const answer = await world.call('GET', `/v2/auth?scope=${encodeURIComponent(scope)}`, { headers });
      if (caller === 'disabled user') {
        assert.equal(answer.status, 401);
        continue;
      }
      assert.equal(answer.status, 200);
      const expected = [...(grants[rights[caller][index] ?? 'void'] ?? [])];
      if (caller === 'admin') expected.push('*');
      assert.deepEqual(actionsOf(answer.body), expected);
    }
  });
}

test('the catalogue names a private repository to those only who may read it, and a public one to nobody by default', async () => {
  const found: Partial<Record<Caller, boolean>> = {};
  const expected: Partial<Record<Caller, boolean>> = {};
  for (const caller of callers) {
    if (caller === 'disabled user') continue;
    const token = await world.tokenOf(caller, world.publicRepository);
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const { body } = await world.call('GET', '/v2/_catalog', { headers });
    const { repositories } = JSON.parse(body.toString()) as { repositories: string[] };
    found[caller] = repositories.includes('acme/secret/app');
    expected[caller] = rights[caller][0] !== 'none';
    if (!expected[caller]) assert.ok(!repositories.includes('acme/open'), caller);
  }
  assert.deepEqual(found, expected);
});

function actionsOf(body: Buffer): readonly string[] {
  const { token } = JSON.parse(body.toString()) as { token: string };
  const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    access: readonly { actions: readonly string[] }[];
  };
  return payload.access[0]?.actions ?? [];
}
