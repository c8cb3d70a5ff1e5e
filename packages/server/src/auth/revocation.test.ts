import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addTeamMember,
  createRobot,
  createTeam,
  deleteRobot,
  regenerateRobotToken,
  removeTeamMember,
  setAccountEnabled,
  setPassword,
} from '#/domain/namespaces/index.ts';
import { removeRepositoryPermission, setRepositoryPermission } from '#/domain/permissions/index.ts';
import { setRepositoryState, setRepositoryVisibility } from '#/domain/repositories/index.ts';
import {
  createAccessToken,
  createAppToken,
  createOauthApplication,
  createOauthToken,
  revokeAccessToken,
  revokeAppToken,
  revokeOauthToken,
} from '#/domain/tokens/index.ts';
import { type AuthorityFixture, openAuthority, startMs } from '#/testing/authority-fixture.ts';
import { eachDatabase } from '#/testing/databases.ts';
import type { RegistryTokenClaims } from './registry-token-claims.ts';
import type { Subject } from './subject.ts';

eachDatabase('revocation', (open) => {
  const person = (set: AuthorityFixture) => set.subjectOf('alice', 'correct-horse');
  const delegate = { kind: 'user', name: 'alice' } as const;
  const refused = 'invalid_credentials';
  /** How the subject is made, how it is revoked with the given services, and what is left: rights or a code. */
  interface Revocation {
    readonly subject: (set: AuthorityFixture) => Promise<Subject>;
    readonly revoke: (
      services: AuthorityFixture['services'],
      set: AuthorityFixture,
      subject: Subject,
    ) => Promise<unknown>;
    readonly left: string;
  }
  const robotSubject = (set: AuthorityFixture) => set.subjectOf('acme+ci', set.robot.token);
  const appToken = async (set: AuthorityFixture) =>
    set.subjectOf(
      '$app',
      (await createAppToken(set.services, { accountId: set.alice.id, title: 't', expiresMs: startMs + 1000 }))
        .token,
    );
  const oauthToken = async (set: AuthorityFixture) => {
    const application = await createOauthApplication(set.services, { ownerId: set.acme.id, name: 'ci' });
    const { token } = await createOauthToken(set.services, {
      application,
      accountId: set.alice.id,
      scopes: ['repo:write'],
      expiresMs: startMs + 1000,
    });
    return set.subjectOf('$oauthtoken', token);
  };
  const accessToken = async ({ services, repository, subjectOf }: AuthorityFixture) => {
    const { token } = await createAccessToken(services, {
      repository,
      friendlyName: 'deploy',
      role: 'write',
      kind: 'pushpull-token',
      temporary: false,
    });
    return subjectOf('$token', token);
  };
  const disable = (accountId: number) => (services: AuthorityFixture['services']) =>
    setAccountEnabled(services, { accountId, enabled: false });

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

  const outcome = (set: AuthorityFixture, claims: RegistryTokenClaims): Promise<string> =>
    set.rights(claims).catch((error: { code?: string }) => error.code ?? 'another error');

  for (const [title, { subject, revoke, left }] of Object.entries(revocations)) {
    test(`${title}: seen at once after the event, and within 5 s without`, async () => {
      for (const { withEvent } of [{ withEvent: true }, { withEvent: false }]) {
        const set = await openAuthority(open);
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
      const set = await openAuthority(open);
      const claims = set.claimsFor(await make(set));
      assert.equal(await outcome(set, claims), 'pull push delete');
      set.clock.advanceMs(5000);
      assert.equal(await outcome(set, claims), refused);
    });
  }

  test('a public repository that becomes private', async () => {
    for (const { withEvent } of [{ withEvent: true }, { withEvent: false }]) {
      const set = await openAuthority(open);
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
    const set = await openAuthority(open);
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
});
