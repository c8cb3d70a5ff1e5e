import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addTeamMember,
  createOrganization,
  createRobot,
  createTeam,
  findAccountByName,
  setAccountEnabled,
} from '#/domain/namespaces/index.ts';
import { setRepositoryPermission } from '#/domain/permissions/index.ts';
import { createRepository, findRepository, setRepositoryState } from '#/domain/repositories/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { openTokenService } from '#/testing/token-service-fixture.ts';

eachDatabase('scopes of the token service', (open) => {
  const owner = 'owner:correct-horse';
  const alice = 'alice:correct-horse';

  test('a push creates the repository (A16)', async (t) => {
    const { ask, services, robot, writable, acme } = await openTokenService(t, open);
    assert.equal(await ask({ as: owner, scope: 'repository:acme/new:pull,push,*' }), 'acme/new: push,pull,*');
    const created = await findRepository(services.database.read, 'acme', 'new');
    assert.equal(created?.visibility, 'private');
    assert.equal(created?.kind, 'image');
    assert.equal(await ask({ as: alice, scope: 'repository:alice/own:push' }), 'alice/own: push');
    assert.equal(await ask({ as: alice, scope: 'repository:owner/theirs:push' }), 'owner/theirs: ');
    const robotLogin = `acme+ci:${robot.token}`;
    assert.equal(await ask({ as: robotLogin, scope: 'repository:acme/by-robot:push' }), 'acme/by-robot: ');
    await createTeam(writable, { organizationId: acme.id, name: 'makers', role: 'creator' });
    await addTeamMember(writable, { organizationId: acme.id, team: 'makers', member: 'acme+ci' });
    assert.equal(
      await ask({ as: robotLogin, scope: 'repository:acme/by-robot:push,*' }),
      'acme/by-robot: push,*',
    );
    assert.equal(await findRepository(services.database.read, 'owner', 'theirs'), undefined);
  });

  test('two first pushes at the same time both get their token', async (t) => {
    const { ask } = await openTokenService(t, open);
    const scope = 'repository:acme/race:push,pull';
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => ask({ as: owner, scope })));
    assert.deepEqual(
      outcomes,
      Array.from({ length: 4 }, () => 'acme/race: push,pull'),
    );
  });

  test('new repositories can be public, new namespaces made', async (t) => {
    const { ask, services } = await openTokenService(t, open, {
      settings: { createPrivateRepositoryOnPush: false, createNamespaceOnPush: true },
    });
    assert.equal(await ask({ as: alice, scope: 'repository:fresh/app:push,*' }), 'fresh/app: push,*');
    const created = await findRepository(services.database.read, 'fresh', 'app');
    assert.equal(created?.visibility, 'public');
    assert.equal((await findAccountByName(services.database.read, 'fresh'))?.kind, 'organization');
    assert.equal(await ask({ as: owner, scope: 'repository:fresh/other:push' }), 'fresh/other: ');
    assert.equal(await ask({ scope: 'repository:fresher/app:push' }), 'fresher/app: ');
    assert.equal(await findAccountByName(services.database.read, 'fresher'), undefined);
  });

  test('restricted people read what is theirs, and work in organizations', async (t) => {
    for (const [includeRobots, exceptions, ofAlice, ofRobot] of [
      [true, [], 'pull', 'pull'],
      [false, [], 'pull', 'push,pull'],
      [true, ['alice'], 'push,pull', 'push,pull'],
    ] as const) {
      const settings = { createNamespaceOnPush: true, restrictedUsers: { includeRobots, exceptions } };
      const { ask, services, writable } = await openTokenService(t, open, { settings });
      const person = await findAccountByName(services.database.read, 'alice');
      assert.ok(person !== undefined);
      const { token } = await createRobot(writable, { owner: person, shortName: 'ci' });
      const robot = `alice+ci:${token}`;
      const app = { namespaceId: person.id, name: 'app', visibility: 'private', creator: person } as const;
      const repository = await createRepository(writable, app);
      await setRepositoryPermission(writable, {
        repository,
        delegate: { kind: 'user', name: 'alice+ci' },
        role: 'write',
      });
      const scope = 'repository:alice/app:pull,push';
      assert.equal(await ask({ as: alice, scope }), `alice/app: ${ofAlice}`);
      assert.equal(await ask({ as: robot, scope }), `alice/app: ${ofRobot}`);
      const isFree = exceptions.length > 0;
      const created = isFree ? 'push' : '';
      assert.equal(await ask({ as: alice, scope: 'repository:alice/new:push' }), `alice/new: ${created}`);
      assert.equal(await ask({ as: alice, scope: 'repository:fresh/app:push' }), `fresh/app: ${created}`);
      assert.equal((await findRepository(services.database.read, 'alice', 'new')) !== undefined, isFree);
      assert.equal((await findAccountByName(services.database.read, 'fresh')) !== undefined, isFree);
      assert.equal(await ask({ as: owner, scope: 'repository:acme/app2:push' }), 'acme/app2: push');
    }
  });

  test('the library namespace (A16.5)', async (t) => {
    const { ask, writable, owner: account } = await openTokenService(t, open);
    assert.equal(await ask({ as: owner, scope: 'repository:tool:push' }), 'tool: ');
    await createOrganization(writable, { name: 'library', ownerId: account.id });
    assert.equal(await ask({ as: owner, scope: 'repository:tool:push' }), 'tool: push');
    assert.equal(await ask({ as: owner, scope: 'repository:library/tool:pull' }), 'library/tool: pull');
  });

  test('names that the configuration excludes', async (t) => {
    const { ask } = await openTokenService(t, open, {
      settings: { featureLibrarySupport: false, featureExtendedRepositoryNames: false },
    });
    assert.equal(await ask({ as: owner, scope: 'repository:tool:pull' }), '400 NAME_INVALID');
    assert.equal(await ask({ as: owner, scope: 'repository:acme/a/b:pull' }), '400 NAME_INVALID');
  });

  test('disabled namespaces are refused with 405 DENIED', async (t) => {
    const { ask, call, writable, acme } = await openTokenService(t, open);
    await setAccountEnabled(writable, { accountId: acme.id, enabled: false });
    for (const name of ['app', 'open', 'missing']) {
      for (const as of [owner, undefined]) {
        for (const actions of ['pull', 'push']) {
          const scope = `repository:acme/${name}:${actions}`;
          assert.equal(await ask({ as, scope }), '405 DENIED', `${as} ${scope}`);
        }
      }
    }
    const { message } = (await call({ as: owner, scope: 'repository:acme/app:pull' })).json().errors[0];
    assert.match(message, /"acme".*administrator/);
  });

  test('applications are refused with 405 to those who may see them', async (t) => {
    const { ask, create } = await openTokenService(t, open);
    await create('chart', { kind: 'application' });
    await create('open-chart', { kind: 'application', visibility: 'public' });
    assert.equal(await ask({ as: owner, scope: 'repository:acme/chart:pull' }), '405 UNSUPPORTED');
    assert.equal(await ask({ as: owner, scope: 'repository:acme/chart:push' }), '405 UNSUPPORTED');
    assert.equal(await ask({ as: alice, scope: 'repository:acme/chart:pull' }), 'acme/chart: ');
    assert.equal(await ask({ scope: 'repository:acme/open-chart:pull' }), '405 UNSUPPORTED');
    assert.equal(await ask({ scope: 'repository:acme/open-chart:push' }), 'acme/open-chart: ');
  });

  test('states withhold push and admin (A18)', async (t) => {
    const { ask, writable, repository } = await openTokenService(t, open);
    const scope = 'repository:acme/app:pull,push,*,delete';
    for (const state of ['READ_ONLY', 'MIRROR'] as const) {
      await setRepositoryState(writable, { repository, state });
      assert.equal(await ask({ as: owner, scope }), 'acme/app: pull', state);
    }
    await setRepositoryState(writable, { repository, state: 'NORMAL' });
    assert.equal(await ask({ as: owner, scope }), 'acme/app: push,pull,*,delete');
  });

  test('without anonymous access nobody gets a token', async (t) => {
    const { ask } = await openTokenService(t, open, { settings: { featureAnonymousAccess: false } });
    assert.equal(await ask({ scope: 'repository:acme/open:pull' }), '401 UNAUTHORIZED');
    assert.equal(await ask({ as: alice, scope: 'repository:acme/open:pull' }), 'acme/open: pull');
  });

  test('a read-only registry gives tokens and creates nothing', async (t) => {
    const { ask, services } = await openTokenService(t, open, { settings: { readOnly: true } });
    assert.equal(await ask({ as: owner, scope: 'repository:acme/app:pull,push' }), 'acme/app: push,pull');
    assert.equal(await ask({ as: owner, scope: 'repository:acme/new:push' }), 'acme/new: ');
    assert.equal(await findRepository(services.database.read, 'acme', 'new'), undefined);
  });
});
