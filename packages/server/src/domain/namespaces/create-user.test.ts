import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUser, findAccountByName } from '#/domain/namespaces/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

const refused: readonly (readonly [string, { name: string; email?: string; password?: string }, string])[] = [
  ['one character', { name: 'a' }, 'name_invalid'],
  ['upper case', { name: 'Alice' }, 'name_invalid'],
  ['a robot name', { name: 'alice+ci' }, 'name_invalid'],
  ['two dots', { name: 'a..b' }, 'name_invalid'],
  ['256 characters', { name: 'a'.repeat(256) }, 'name_invalid'],
  ['an e-mail without domain', { name: 'alice', email: 'alice@' }, 'invalid_request'],
  ['two @', { name: 'alice', email: 'a@b@example.com' }, 'invalid_request'],
  ['a password of 7', { name: 'alice', password: '1234567' }, 'invalid_request'],
  ['a password with a blank', { name: 'alice', password: '1234 5678' }, 'invalid_request'],
  ['a password that bcrypt would cut', { name: 'alice', password: 'ä'.repeat(37) }, 'invalid_request'],
];

eachDatabase('createUser', (open) => {
  test('stores a person whose password verifies', async () => {
    const services = createTestServices({ database: await open() });
    const user = await createUser(services, {
      name: 'alice',
      email: 'alice@example.com',
      password: 'correct-horse',
    });
    const found = await findAccountByName(services.database.read, 'alice');
    assert.deepEqual(found, user);
    assert.equal(user.kind, 'user');
    assert.equal(user.enabled, true);
    assert.equal(user.superuser, false);
    assert.ok(await services.passwordHasher.verify('correct-horse', user.passwordHash ?? ''));
  });

  for (const [title, input, code] of refused) {
    test(`refuses ${title}`, async () => {
      const services = createTestServices({ database: await open() });
      await assert.rejects(createUser(services, input), { code });
    });
  }

  test('needs an e-mail address only when mail is sent', async () => {
    const services = createTestServices({ database: await open(), settings: { featureMailing: true } });
    await assert.rejects(createUser(services, { name: 'alice' }), { code: 'invalid_request' });
  });

  test('several people may have no e-mail address', async () => {
    const services = createTestServices({ database: await open() });
    await createUser(services, { name: 'alice' });
    await createUser(services, { name: 'bob' });
  });

  for (const [title, second] of [
    ['name', { name: 'alice', email: 'other@example.com' }],
    ['e-mail address', { name: 'bob', email: 'alice@example.com' }],
  ] as const) {
    test(`of two at once with the same ${title} one wins`, async () => {
      const services = createTestServices({ database: await open() });
      const results = await Promise.allSettled([
        createUser(services, { name: 'alice', email: 'alice@example.com' }),
        createUser(services, second),
      ]);
      assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      const refusal = results.find((result) => result.status === 'rejected');
      assert.equal(refusal?.reason.code, 'already_exists');
    });
  }
});
