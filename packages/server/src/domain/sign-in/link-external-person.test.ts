import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  canCreateInitialUser,
  findAccountByName,
  listFederatedLogins,
  setAccountEnabled,
} from '#/domain/namespaces/index.ts';
import type { ExternalAccountRules, Services } from '#/domain/services.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices, testSettings } from '#/testing/services.ts';
import { type ExternalPerson, linkExternalPerson } from './link-external-person.ts';
import { listPrompts } from './queries-prompts.ts';

const freely: ExternalAccountRules = {
  allowed: true,
  onlyInvited: false,
  confirmsUsername: true,
  asksForMetadata: false,
  refusedEmailDomains: ['evil.test'],
};

const alice: ExternalPerson = {
  service: 'ldap',
  identifier: 'alice',
  username: 'alice',
  email: 'alice@example.com',
  mayTakeSuperuserName: true,
};

eachDatabase('people of other systems', (open) => {
  async function services(rules: Partial<ExternalAccountRules> = {}): Promise<Services> {
    const settings = { ...testSettings, superUsers: ['root'], externalAccounts: { ...freely, ...rules } };
    return createTestServices({ database: await open(), settings });
  }

  test('the first sign-in makes an account, the next finds it, and a changed address is copied', async () => {
    const wharf = await services();
    const first = await linkExternalPerson(wharf, alice);
    assert.deepEqual([first.name, first.email, first.passwordHash], ['alice', 'alice@example.com', null]);
    assert.deepEqual(await listPrompts(wharf.database.read, first.id), ['confirm_username']);
    const again = await linkExternalPerson(wharf, { ...alice, email: 'a.smith@example.com' });
    assert.deepEqual([again.id, again.email], [first.id, 'a.smith@example.com']);
    assert.deepEqual(await listFederatedLogins(wharf.database.read, first.id), [
      { service: 'ldap', serviceIdentifier: 'alice', metadata: {} },
    ]);
  });

  test('a name that somebody has here gets a number, and that account is not taken over', async () => {
    const wharf = await services();
    const other = await linkExternalPerson(wharf, alice);
    const person = { ...alice, service: 'github', identifier: '17', email: 'second@example.com' };
    const account = await linkExternalPerson(wharf, person);
    assert.equal(account.name, 'alice2');
    assert.notEqual(account.id, other.id);
  });

  test('an address that another account has is no key to it', async () => {
    const wharf = await services();
    await linkExternalPerson(wharf, alice);
    const thief = { ...alice, service: 'github', identifier: '17', username: 'mallory' };
    await assert.rejects(linkExternalPerson(wharf, thief), { code: 'already_exists' });
    assert.equal(await findAccountByName(wharf.database.read, 'mallory'), undefined);
  });

  test('people who choose their own names get none of a superuser', async () => {
    const wharf = await services();
    const chosen = { ...alice, service: 'github', identifier: '1', username: 'root', email: undefined };
    const account = await linkExternalPerson(wharf, { ...chosen, mayTakeSuperuserName: false });
    assert.equal(account.name, 'root2');
    const meant = await linkExternalPerson(wharf, { ...chosen, service: 'ldap' });
    assert.equal(meant.name, 'root');
  });

  test('nor one to which the configuration gives any other right', async () => {
    const wharf = await services();
    const settings = {
      ...wharf.settings,
      globalReaders: ['auditor'],
      restrictedUsers: { exceptions: ['trusted'], includeRobots: true },
    };
    for (const username of ['auditor', 'trusted']) {
      const chosen = { ...alice, service: 'github', identifier: username, username, email: undefined };
      const account = await linkExternalPerson(
        { ...wharf, settings },
        { ...chosen, mayTakeSuperuserName: false },
      );
      assert.equal(account.name, `${username}2`);
    }
  });

  test('once somebody came nobody becomes the first user any more, not even after that account is gone', async () => {
    const wharf = await services();
    const { id } = await linkExternalPerson(wharf, alice);
    await wharf.database.transaction(async (db) => {
      await db.deleteFrom('federated_logins').where('account_id', '=', id).execute();
      await db.deleteFrom('account_prompts').where('account_id', '=', id).execute();
      await db.deleteFrom('accounts').where('id', '=', id).execute();
    });
    assert.equal(await canCreateInitialUser(wharf), false);
  });

  test('a disabled account is still told as such, and not made anew', async () => {
    const wharf = await services();
    const account = await linkExternalPerson(wharf, alice);
    await setAccountEnabled(wharf, { accountId: account.id, enabled: false });
    assert.equal((await linkExternalPerson(wharf, alice)).enabled, false);
  });

  test('first sign-ins at the same time make one account', async () => {
    const wharf = await services();
    const found = await Promise.all([1, 2, 3, 4].map(() => linkExternalPerson(wharf, alice)));
    assert.equal(new Set(found.map(({ id }) => id)).size, 1);
  });

  const refusals: readonly (readonly [string, Partial<ExternalAccountRules>, string])[] = [
    ['registration is off', { allowed: false }, 'denied'],
    ['nobody invited the address', { onlyInvited: true }, 'denied'],
    ['the domain is refused', { refusedEmailDomains: ['example.com'] }, 'invalid_request'],
  ];
  for (const [reason, rules, code] of refusals) {
    test(`no account is made when ${reason}`, async () => {
      const wharf = await services(rules);
      await assert.rejects(linkExternalPerson(wharf, alice), { code });
      assert.equal(await findAccountByName(wharf.database.read, 'alice'), undefined);
    });
  }
});
