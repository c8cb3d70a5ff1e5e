import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUser, getAccount } from '#/domain/namespaces/index.ts';
import { changeOwnAccount } from '#/domain/sign-in/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

const mailer = { send: async () => undefined };
const mail = { baseUrl: 'https://registry.example.com', registryTitle: 'Wharf' };

eachDatabase('changing the own account', (open) => {
  for (const [what, featureMailing, wrong, code] of [
    ['an address that somebody has', false, { email: 'hugo@example.com' }, 'already_exists'],
    ['an address that somebody has, with mailing', true, { email: 'hugo@example.com' }, 'already_exists'],
    ['no address for invoices', true, { profile: { invoiceEmailAddress: 'none' } }, 'invalid_request'],
    ['a company that is too long', true, { profile: { company: 'x'.repeat(256) } }, 'invalid_request'],
    ['a name that somebody has', true, { name: 'hugo' }, 'already_exists'],
  ] as const) {
    test(`changes nothing with ${what}`, async () => {
      const services = createTestServices({ database: await open(), mailer, settings: { featureMailing } });
      const person = { password: 'correct-horse' };
      const olga = await createUser(services, { ...person, name: 'olga', email: 'olga@example.com' });
      await createUser(services, { ...person, name: 'hugo', email: 'hugo@example.com' });
      const count = async (table: 'action_logs' | 'outbox' | 'email_codes'): Promise<number> =>
        (await services.database.read.selectFrom(table).selectAll().execute()).length;
      const counts = async () => [
        await count('action_logs'),
        await count('outbox'),
        await count('email_codes'),
      ];
      const before = await counts();
      const performer = { accountId: olga.id, ip: null, metadata: {} };
      const right = {
        accountId: olga.id,
        name: 'olivia',
        mayRename: true,
        email: 'olivia@example.com',
        password: 'battery-staple',
        profile: { company: 'ACME', invoiceEmail: true },
        answers: ['enter_company'],
        mail,
        performer,
      } as const;
      await assert.rejects(changeOwnAccount(services, { ...right, ...wrong }), { code });
      assert.deepEqual(await getAccount(services.database.read, olga.id), olga);
      assert.deepEqual(await counts(), before);

      const changed = await changeOwnAccount(services, right);
      assert.deepEqual([changed.name, changed.company, changed.invoiceEmail], ['olivia', 'ACME', true]);
      assert.equal(changed.email, featureMailing ? 'olga@example.com' : 'olivia@example.com');
      assert.notEqual(changed.passwordHash, olga.passwordHash);
      assert.equal((await counts())[1], featureMailing ? 1 : 0);
    });
  }
});
