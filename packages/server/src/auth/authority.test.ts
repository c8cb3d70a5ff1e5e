import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { DatabaseUnavailableError } from '#/db/database.ts';
import type { RepositoryKind, Visibility } from '#/db/schema.ts';
import {
  addTeamMember,
  createOrganization,
  createRobot,
  createTeam,
  createUser,
  deleteRobot,
  regenerateRobotToken,
  removeTeamMember,
  setAccountEnabled,
  setPassword,
} from '#/domain/namespaces/index.ts';
import { removeRepositoryPermission, setRepositoryPermission } from '#/domain/permissions/index.ts';
import {
  createRepository,
  type RepositoryReference,
  setRepositoryState,
  setRepositoryVisibility,
} from '#/domain/repositories/index.ts';
import type { DomainSettings } from '#/domain/services.ts';
import {
  createAccessToken,
  createAppToken,
  createOauthApplication,
  createOauthToken,
  revokeAccessToken,
  revokeAppToken,
  revokeOauthToken,
} from '#/domain/tokens/index.ts';
import { manualClock } from '#/platform/clock.ts';
import { createPasswordHasher } from '#/platform/password-hasher.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';
import { identifyBasic } from './authenticate-basic.ts';
import { createAuthority, type RegistryAuthority } from './authority.ts';
import { openAuthEngine } from './engines/open-auth-engine.ts';
import { createRegistryTokens } from './registry-token.ts';
import type { RegistryAction, RegistryTokenClaims } from './registry-token-claims.ts';
import { anonymousSubject, type Subject } from './subject.ts';
import { createTestAuthSettings, openTestInstanceKey } from './testing.ts';
import { grantsOf } from './token-grants.ts';

const startMs = Date.UTC(2026, 0, 1);
const host = 'registry.example.com';
const passwordHasher = createPasswordHasher({ rounds: 4 });
const path = { namespace: 'acme', name: 'app' };

/** The rights of an answer in one word. */
function rightsOf({ canPull, canPush, canDelete, isAdmin }: RegistryAuthority): string {
  return [canPull && 'pull', canPush && 'push', canDelete && 'delete', isAdmin && 'admin']
    .filter((right) => right !== false)
    .join(' ');
}

eachDatabase('authority', (open) => {
  const setUp = async (settings: Partial<DomainSettings> = {}) => {
    const clock = manualClock(startMs);
    const database = await open();
    const services = createTestServices({ database, clock, settings, passwordHasher });
    // Changes made with these reach the first services through the database alone.
    const elsewhere = createTestServices({
      database,
      clock,
      settings,
      passwordHasher,
      secretBox: services.secretBox,
    });
    const owner = await createUser(services, { name: 'owner', password: 'correct-horse' });
    const alice = await createUser(services, { name: 'alice', password: 'correct-horse' });
    const acme = await createOrganization(services, { name: 'acme', ownerId: owner.id });
    const robot = await createRobot(services, { owner: acme, shortName: 'ci' });
    const create = (name: string, visibility: Visibility = 'private', kind: RepositoryKind = 'image') =>
      createRepository(services, { namespaceId: acme.id, name, visibility, kind, creator: undefined });
    const repository = await create('app');
    for (const delegate of [
      { kind: 'user', name: 'alice' },
      { kind: 'user', name: 'acme+ci' },
    ] as const) {
      await setRepositoryPermission(services, { repository, delegate, role: 'write' });
    }
    const authority = createAuthority(services);
    const subjectOf = async (username: string, password: string): Promise<Subject> => {
      const auth = { engine: openAuthEngine(services, 'database', {}), secretKey: Buffer.alloc(32, 7) };
      const header = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
      return (await identifyBasic(services, auth, header)).subject;
    };
    const claimsFor = (
      subject: Subject,
      actions: readonly RegistryAction[] = ['push', 'pull', '*'],
      name = 'acme/app',
    ): RegistryTokenClaims => {
      const access = [{ type: 'repository', name, actions }] as const;
      return {
        audience: host,
        expiresMs: startMs + 3_600_000,
        subject,
        access,
        grants: grantsOf(access, host, services.settings),
      };
    };
    const rights = async (claims: RegistryTokenClaims | undefined, at = path): Promise<string> =>
      rightsOf(await authority.authorize(claims, at));
    return {
      services,
      elsewhere,
      clock,
      owner,
      alice,
      acme,
      robot,
      repository,
      authority,
      create,
      subjectOf,
      claimsFor,
      rights,
    };
  };
  type Set = Awaited<ReturnType<typeof setUp>>;

  test('a token gives the smaller of its grants and the rights of its subject', async () => {
    const { subjectOf, claimsFor, rights } = await setUp();
    const alice = await subjectOf('alice', 'correct-horse');
    const owner = await subjectOf('owner', 'correct-horse');
    const table: readonly (readonly [Subject, readonly RegistryAction[], string])[] = [
      [alice, [], ''],
      [alice, ['pull'], 'pull'],
      [alice, ['push'], 'pull push delete'],
      [alice, ['delete'], 'delete'],
      [alice, ['push', 'pull', '*'], 'pull push delete'],
      [owner, ['pull'], 'pull'],
      [owner, ['*'], 'pull push delete admin'],
      [anonymousSubject, ['push', 'pull', '*'], ''],
    ];
    for (const [subject, actions, expected] of table) {
      assert.equal(await rights(claimsFor(subject, actions)), expected, `${subject.kind} ${actions}`);
    }
  });

  test('a grant counts for its repository only', async () => {
    const { subjectOf, claimsFor, rights, create } = await setUp();
    const other = await create('other');
    const owner = await subjectOf('owner', 'correct-horse');
    assert.equal(await rights(claimsFor(owner), { namespace: 'acme', name: other.name }), '');
    assert.equal(await rights(claimsFor(owner), { namespace: 'acme', name: 'missing' }), '');
    assert.equal(await rights(undefined), '');
  });

  test('the library shorthand and the host in front name the same repository', async () => {
    const { services, owner, subjectOf, claimsFor, rights } = await setUp();
    const library = await createOrganization(services, { name: 'library', ownerId: owner.id });
    await createRepository(services, {
      namespaceId: library.id,
      name: 'tool',
      visibility: 'private',
      creator: undefined,
    });
    const subject = await subjectOf('owner', 'correct-horse');
    const at = { namespace: 'library', name: 'tool' };
    for (const name of ['tool', 'library/tool', `${host}/tool`, `${host}/library/tool`]) {
      assert.equal(await rights(claimsFor(subject, ['pull'], name), at), 'pull', name);
    }
    assert.equal(await rights(claimsFor(subject, ['pull'], 'other.example.com/tool'), at), '');
  });

  test('public images are readable without a grant', async () => {
    const { create, rights, subjectOf, claimsFor, authority, acme, services } = await setUp();
    await create('open', 'public');
    await create('chart', 'public', 'application');
    const open = { namespace: 'acme', name: 'open' };
    assert.equal(await rights(undefined, open), 'pull');
    assert.equal(await rights(claimsFor(await subjectOf('alice', 'correct-horse')), open), 'pull');
    await assert.rejects(authority.authorize(undefined, { namespace: 'acme', name: 'chart' }), {
      code: 'repository_kind_unsupported',
    });
    await setAccountEnabled(services, { accountId: acme.id, enabled: false });
    assert.equal(await rights(undefined, open), '');
  });

  test('with anonymous access off, public images need a grant', async () => {
    const { create, rights, subjectOf, claimsFor } = await setUp({ featureAnonymousAccess: false });
    await create('open', 'public');
    const open = { namespace: 'acme', name: 'open' };
    assert.equal(await rights(undefined, open), '');
    assert.equal(await rights(claimsFor(anonymousSubject, ['pull'], 'acme/open'), open), '');
    const alice = await subjectOf('alice', 'correct-horse');
    assert.equal(await rights(claimsFor(alice, ['pull'], 'acme/open'), open), 'pull');
  });

  test('without a repository only the subject is looked at', async () => {
    const { authority, subjectOf, claimsFor, services, alice } = await setUp();
    const claims = claimsFor(await subjectOf('alice', 'correct-horse'));
    const { principal, repository } = await authority.authorize(claims, undefined);
    assert.equal(principal.kind, 'user');
    assert.equal(repository, undefined);
    await setAccountEnabled(services, { accountId: alice.id, enabled: false });
    await assert.rejects(authority.authorize(claims, undefined), { code: 'invalid_credentials' });
  });

  const refused = 'invalid_credentials';
  /** How the subject is made, how it is revoked with the given services, and what is left: rights or a code. */
  interface Revocation {
    readonly subject: (set: Set) => Promise<Subject>;
    readonly revoke: (services: Set['services'], set: Set, subject: Subject) => Promise<unknown>;
    readonly left: string;
  }
  const person = (set: Set) => set.subjectOf('alice', 'correct-horse');
  const robotSubject = (set: Set) => set.subjectOf('acme+ci', set.robot.token);
  const appToken = async (set: Set) =>
    set.subjectOf(
      '$app',
      (await createAppToken(set.services, { accountId: set.alice.id, title: 't', expiresMs: startMs + 1000 }))
        .token,
    );
  const oauthToken = async (set: Set) => {
    const application = await createOauthApplication(set.services, { ownerId: set.acme.id, name: 'ci' });
    const { token } = await createOauthToken(set.services, {
      application,
      accountId: set.alice.id,
      scopes: ['repo:write'],
      expiresMs: startMs + 1000,
    });
    return set.subjectOf('$oauthtoken', token);
  };
  const accessToken = async ({ services, repository, subjectOf }: Set) => {
    const { token } = await createAccessToken(services, {
      repository,
      friendlyName: 'deploy',
      role: 'write',
      kind: 'pushpull-token',
      temporary: false,
    });
    return subjectOf('$token', token);
  };
  const disable = (accountId: number) => (services: Set['services']) =>
    setAccountEnabled(services, { accountId, enabled: false });
  const delegate = { kind: 'user', name: 'alice' } as const;

  const revocations: Readonly<Record<string, Revocation>> = {
    'the password changed': {
      subject: person,
      revoke: (services, { alice }) =>
        setPassword(services, { accountId: alice.id, password: 'another-horse' }),
      left: refused,
    },
    'the user was disabled': {
      subject: person,
      revoke: (services, { alice }) => disable(alice.id)(services),
      left: refused,
    },
    'the permission was removed': {
      subject: person,
      revoke: (services, { repository }) => removeRepositoryPermission(services, { repository, delegate }),
      left: '',
    },
    'the permission was lowered': {
      subject: person,
      revoke: (services, { repository }) =>
        setRepositoryPermission(services, { repository, delegate, role: 'read' }),
      left: 'pull',
    },
    'the repository was closed for pushes': {
      subject: person,
      revoke: (services, { repository }) => setRepositoryState(services, { repository, state: 'READ_ONLY' }),
      left: 'pull',
    },
    'the repository was left to its mirror': {
      subject: person,
      revoke: (services, { repository }) => setRepositoryState(services, { repository, state: 'MIRROR' }),
      left: 'pull',
    },
    'the namespace was disabled': {
      subject: person,
      revoke: (services, { acme }) => disable(acme.id)(services),
      left: 'namespace_disabled',
    },
    'the robot was deleted': {
      subject: robotSubject,
      revoke: (services, { acme }) => deleteRobot(services, { owner: acme, shortName: 'ci' }),
      left: refused,
    },
    'the robot was deleted and made again': {
      subject: robotSubject,
      revoke: async (services, { acme, repository }) => {
        await deleteRobot(services, { owner: acme, shortName: 'ci' });
        await createRobot(services, { owner: acme, shortName: 'ci' });
        await setRepositoryPermission(services, {
          repository,
          delegate: { kind: 'user', name: 'acme+ci' },
          role: 'admin',
        });
      },
      left: refused,
    },
    'the robot token was made anew': {
      subject: robotSubject,
      revoke: (services, { acme }) => regenerateRobotToken(services, { owner: acme, shortName: 'ci' }),
      left: refused,
    },
    'the owner of the robot was disabled': {
      subject: robotSubject,
      revoke: (services, { acme }) => disable(acme.id)(services),
      left: refused,
    },
    'the app token was revoked': {
      subject: appToken,
      revoke: (services, { alice }, subject) =>
        revokeAppToken(services, { accountId: alice.id, uuid: 'uuid' in subject ? subject.uuid : '' }),
      left: refused,
    },
    'the user of the app token was disabled': {
      subject: appToken,
      revoke: (services, { alice }) => disable(alice.id)(services),
      left: refused,
    },
    'the OAuth token was revoked': {
      subject: oauthToken,
      revoke: (services, { alice }, subject) =>
        revokeOauthToken(services, { accountId: alice.id, uuid: 'uuid' in subject ? subject.uuid : '' }),
      left: refused,
    },
    'the granter of the OAuth token was disabled': {
      subject: oauthToken,
      revoke: (services, { alice }) => disable(alice.id)(services),
      left: refused,
    },
    'the access token was revoked': {
      subject: accessToken,
      revoke: (services, { repository }, subject) =>
        revokeAccessToken(services, {
          repositoryId: repository.id,
          tokenName: subject.kind === 'access-token' ? subject.tokenName : '',
        }),
      left: refused,
    },
  };

  const outcome = (set: Set, claims: RegistryTokenClaims): Promise<string> =>
    set.rights(claims).catch((error: { code?: string }) => error.code ?? 'another error');

  for (const [title, { subject, revoke, left }] of Object.entries(revocations)) {
    test(`${title}: seen at once after the event, and within 5 s without`, async () => {
      for (const { withEvent } of [{ withEvent: true }, { withEvent: false }]) {
        const set = await setUp();
        const made = await subject(set);
        const claims = set.claimsFor(made);
        assert.equal(await outcome(set, claims), 'pull push delete');
        await revoke(withEvent ? set.services : set.elsewhere, set, made);
        if (!withEvent) set.clock.advanceMs(5000);
        assert.equal(await outcome(set, claims), left, withEvent ? 'at once' : 'within 5 s');
      }
    });
  }

  for (const [title, make] of [
    ['app', appToken],
    ['OAuth', oauthToken],
  ] as const) {
    test(`an ${title} token that expires ends what was issued for it within 5 s`, async () => {
      const set = await setUp();
      const claims = set.claimsFor(await make(set));
      assert.equal(await outcome(set, claims), 'pull push delete');
      set.clock.advanceMs(5000);
      assert.equal(await outcome(set, claims), refused);
    });
  }

  test('a public repository that becomes private', async () => {
    for (const { withEvent } of [{ withEvent: true }, { withEvent: false }]) {
      const set = await setUp();
      const repository = await set.create('open', 'public');
      const at = { namespace: 'acme', name: 'open' };
      assert.equal(await set.rights(undefined, at), 'pull');
      const services = withEvent ? set.services : set.elsewhere;
      await setRepositoryVisibility(services, { repository, visibility: 'private' });
      if (!withEvent) set.clock.advanceMs(5000);
      assert.equal(await set.rights(undefined, at), '');
    }
  });

  test('membership of a team ends with it', async () => {
    const set = await setUp();
    const { services, acme, repository } = set;
    await removeRepositoryPermission(services, { repository, delegate });
    await createTeam(services, { organizationId: acme.id, name: 'devs', role: 'member' });
    await addTeamMember(services, { organizationId: acme.id, team: 'devs', member: 'alice' });
    await setRepositoryPermission(services, {
      repository,
      delegate: { kind: 'team', name: 'devs' },
      role: 'write',
    });
    const claims = set.claimsFor(await person(set));
    assert.equal(await outcome(set, claims), 'pull push delete');
    await removeTeamMember(services, { organizationId: acme.id, team: 'devs', member: 'alice' });
    assert.equal(await outcome(set, claims), '');
  });

  test('rights are held for 5 s, refusals and absence are not', async () => {
    const set = await setUp();
    const { elsewhere, repository, clock, rights, claimsFor } = set;
    const claims = claimsFor(await person(set));
    assert.equal(await rights(claims), 'pull push delete');
    await removeRepositoryPermission(elsewhere, { repository, delegate });
    clock.advanceMs(4999);
    assert.equal(await rights(claims), 'pull push delete');
    clock.advanceMs(1);
    assert.equal(await rights(claims), '');
    await setRepositoryPermission(elsewhere, { repository, delegate, role: 'write' });
    assert.equal(await rights(claims), 'pull push delete');
    const soon = { namespace: 'acme', name: 'soon' };
    const owner = claimsFor(await set.subjectOf('owner', 'correct-horse'), ['push'], 'acme/soon');
    assert.equal(await rights(owner, soon), '');
    await createRepository(elsewhere, {
      namespaceId: set.acme.id,
      name: 'soon',
      visibility: 'private',
      creator: undefined,
    });
    assert.equal(await rights(owner, soon), 'pull push delete');
  });

  test('an event during a look-up is not lost', async () => {
    const set = await setUp();
    const { services, repository } = set;
    const claims = set.claimsFor(await person(set));
    const during = set.rights(claims);
    await removeRepositoryPermission(services, { repository, delegate });
    await during;
    assert.equal(await set.rights(claims), '');
  });

  test('an outage is an outage, never a refusal', async () => {
    const set = await setUp();
    const claims = set.claimsFor(await person(set));
    const failing = {
      ...set.services,
      database: {
        ...set.services.database,
        get read(): never {
          throw new DatabaseUnavailableError('gone');
        },
      },
    };
    const authority = createAuthority(failing);
    await assert.rejects(authority.authorize(claims, path), { code: 'database_unavailable' });
    await assert.rejects(authority.authorize(undefined, path), { code: 'database_unavailable' });
  });

  test('from the wire: issued, verified, authorised', async (t: TestContext) => {
    const set = await setUp();
    const { settings, remove } = await createTestAuthSettings();
    t.after(remove);
    const tokens = createRegistryTokens(
      set.services,
      settings,
      await openTestInstanceKey(set.services, settings),
    );
    const { token } = await tokens.issue({
      audience: host,
      subject: await person(set),
      access: [{ type: 'repository', name: `${host}/acme/app`, actions: ['push', 'pull'] }],
    });
    const claims = await tokens.verify(`Bearer ${token}`, host);
    const authority = await set.authority.authorize(claims, path);
    const expected: RepositoryReference = set.repository;
    assert.deepEqual(authority.repository, expected);
    assert.equal(rightsOf(authority), 'pull push delete');
  });
});
