import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatabaseUnavailableError } from '#/db/database.ts';
import { createOrganization, setAccountEnabled } from '#/domain/namespaces/index.ts';
import { removeRepositoryPermission, setRepositoryPermission } from '#/domain/permissions/index.ts';
import { createRepository } from '#/domain/repositories/index.ts';
import { createTestAuthSettings, openTestInstanceKey } from '#/testing/auth-fixture.ts';
import { type AuthorityFixture, host, openAuthority, path, rightsOf } from '#/testing/authority-fixture.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createAuthority } from './authority.ts';
import { createRegistryTokens } from './registry-token.ts';
import type { RegistryAction } from './registry-token-claims.ts';
import { anonymousSubject, type Subject } from './subject.ts';

eachDatabase('authority', (open) => {
  const person = (set: AuthorityFixture) => set.subjectOf('alice', 'correct-horse');
  const delegate = { kind: 'user', name: 'alice' } as const;

  test('a token gives the smaller of its grants and the rights of its subject', async () => {
    const { subjectOf, claimsFor, rights } = await openAuthority(open);
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
    const { subjectOf, claimsFor, rights, create } = await openAuthority(open);
    const other = await create('other');
    const owner = await subjectOf('owner', 'correct-horse');
    assert.equal(await rights(claimsFor(owner), { namespace: 'acme', name: other.name }), '');
    assert.equal(await rights(claimsFor(owner), { namespace: 'acme', name: 'missing' }), '');
    assert.equal(await rights(undefined), '');
  });

  test('the library shorthand and the host in front name the same repository', async () => {
    const { services, owner, subjectOf, claimsFor, rights } = await openAuthority(open);
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
    const { create, rights, subjectOf, claimsFor, authority, acme, services } = await openAuthority(open);
    await create('open', 'public');
    await create('chart', 'public', 'application');
    const openPath = { namespace: 'acme', name: 'open' };
    assert.equal(await rights(undefined, openPath), 'pull');
    assert.equal(await rights(claimsFor(await subjectOf('alice', 'correct-horse')), openPath), 'pull');
    await assert.rejects(authority.authorize(undefined, { namespace: 'acme', name: 'chart' }), {
      code: 'repository_kind_unsupported',
    });
    await setAccountEnabled(services, { accountId: acme.id, enabled: false });
    assert.equal(await rights(undefined, openPath), '');
  });

  test('with anonymous access off, public images need a grant', async () => {
    const { create, rights, subjectOf, claimsFor } = await openAuthority(open, {
      featureAnonymousAccess: false,
    });
    await create('open', 'public');
    const openPath = { namespace: 'acme', name: 'open' };
    assert.equal(await rights(undefined, openPath), '');
    assert.equal(await rights(claimsFor(anonymousSubject, ['pull'], 'acme/open'), openPath), '');
    const alice = await subjectOf('alice', 'correct-horse');
    assert.equal(await rights(claimsFor(alice, ['pull'], 'acme/open'), openPath), 'pull');
  });

  test('without a repository only the subject is looked at', async () => {
    const { authority, subjectOf, claimsFor, services, alice } = await openAuthority(open);
    const claims = claimsFor(await subjectOf('alice', 'correct-horse'));
    const { principal, repository } = await authority.authorize(claims, undefined);
    assert.equal(principal.kind, 'user');
    assert.equal(repository, undefined);
    await setAccountEnabled(services, { accountId: alice.id, enabled: false });
    await assert.rejects(authority.authorize(claims, undefined), { code: 'invalid_credentials' });
  });

  test('rights are held for 5 s, refusals and absence are not', async () => {
    const set = await openAuthority(open);
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

  test('an outage is an outage, never a refusal', async () => {
    const set = await openAuthority(open);
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

  test('from the wire: issued, verified, authorised', async (t) => {
    const set = await openAuthority(open);
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
    assert.deepEqual(authority.repository, set.repository);
    assert.equal(rightsOf(authority), 'pull push delete');
  });
});
