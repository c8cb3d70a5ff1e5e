import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createOrganization,
  createRobot,
  createUser,
  deleteAccount,
  findAccountByName,
} from '#/domain/namespaces/index.ts';
import { createRepository } from '#/domain/repositories/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

eachDatabase('deleteAccount', (open) => {
  test('removes an account with its robots, and its name is free again', async () => {
    const services = createTestServices({ database: await open() });
    const alice = await createUser(services, { name: 'alice' });
    const { account: robot } = await createRobot(services, { owner: alice, shortName: 'ci' });
    await assert.rejects(deleteAccount(services, { accountId: robot.id }), { code: 'invalid_request' });
    await deleteAccount(services, { accountId: alice.id });
    assert.equal(await findAccountByName(services.database.read, 'alice+ci'), undefined);
    await assert.rejects(deleteAccount(services, { accountId: alice.id }), { code: 'not_found' });
    const again = await createUser(services, { name: 'alice' });
    assert.notEqual(again.id, alice.id);
  });

  test('keeps what holds repositories and the only administrator of an organization', async () => {
    const services = createTestServices({ database: await open() });
    const alice = await createUser(services, { name: 'alice' });
    const acme = await createOrganization(services, { name: 'acme', ownerId: alice.id });
    await assert.rejects(deleteAccount(services, { accountId: alice.id }), { code: 'denied' });
    await createRepository(services, {
      namespaceId: acme.id,
      name: 'app',
      visibility: 'private',
      creator: undefined,
    });
    await assert.rejects(deleteAccount(services, { accountId: acme.id }), { code: 'denied' });
    assert.equal((await findAccountByName(services.database.read, 'alice'))?.id, alice.id);
  });
});
