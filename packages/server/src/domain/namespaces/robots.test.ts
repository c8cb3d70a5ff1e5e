import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  createRobot,
  createUser,
  deleteRobot,
  findAccountByName,
  findRobot,
  listRobots,
  regenerateRobotToken,
  renameAccount,
} from '#/domain/namespaces/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

eachDatabase('robots', (open) => {
  test('are found with token and metadata inside their owner only', async () => {
    const services = createTestServices({ database: await open() });
    const alice = await createUser(services, { name: 'alice' });
    const bob = await createUser(services, { name: 'bob' });
    const robot = await createRobot(services, {
      owner: alice,
      shortName: 'ci',
      description: 'builds',
      unstructuredMetadata: { team: 'x' },
    });
    assert.equal(robot.account.name, 'alice+ci');
    assert.deepEqual(await findRobot(services, alice, 'ci'), robot);
    assert.equal(await findRobot(services, bob, 'ci'), undefined);
    // A forged reference does not reach the robot either.
    assert.equal(await findRobot(services, { ...bob, name: 'alice' }, 'ci'), undefined);
    assert.deepEqual(await listRobots(services, alice.id), [robot]);
    assert.deepEqual(await listRobots(services, bob.id), []);
    const forged = { owner: { ...bob, name: 'alice' }, shortName: 'ci' };
    await assert.rejects(regenerateRobotToken(services, forged), { code: 'invalid_request' });
    await assert.rejects(deleteRobot(services, forged), { code: 'invalid_request' });
    await deleteRobot(services, { owner: alice, shortName: 'ci' });
    assert.equal(await findAccountByName(services.database.read, 'alice+ci'), undefined);
  });

  test('refuse bad names, long descriptions and the same name twice', async () => {
    const services = createTestServices({ database: await open() });
    const alice = await createUser(services, { name: 'alice' });
    for (const shortName of ['', 'a', 'CI', 'a+b', 'a b', 'a'.repeat(250)]) {
      await assert.rejects(
        createRobot(services, { owner: alice, shortName }),
        { code: 'name_invalid' },
        shortName,
      );
    }
    const long = createRobot(services, { owner: alice, shortName: 'ci', description: 'x'.repeat(256) });
    await assert.rejects(long, { code: 'invalid_request' });
    const create = () => createRobot(services, { owner: alice, shortName: 'ci' });
    const results = await Promise.allSettled([create(), create()]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    assert.equal(results.find((result) => result.status === 'rejected')?.reason.code, 'already_exists');
  });

  test('bear the name of their owner, whose rename may come at the same time', async () => {
    const services = createTestServices({ database: await open() });
    const alice = await createUser(services, { name: 'alice' });
    const [renamed, created] = await Promise.allSettled([
      renameAccount(services, { accountId: alice.id, name: 'alicia' }),
      createRobot(services, { owner: alice, shortName: 'ci' }),
    ]);
    assert.equal(renamed.status, 'fulfilled');
    const names = (await listRobots(services, alice.id)).map(({ account }) => account.name);
    assert.deepEqual(names, created.status === 'fulfilled' ? ['alicia+ci'] : []);
    if (created.status === 'rejected') assert.equal(created.reason.code, 'not_found');
    await assert.rejects(createRobot(services, { owner: alice, shortName: 'cd' }), { code: 'not_found' });
  });

  test('tokens are stored encrypted', async () => {
    const services = createTestServices({ database: await open() });
    const alice = await createUser(services, { name: 'alice' });
    const { token } = await createRobot(services, { owner: alice, shortName: 'ci' });
    const [row] = await services.database.read.selectFrom('robots').selectAll().execute();
    assert.ok(row && !row.token_encrypted.includes(token));
    const logs = await services.database.read.selectFrom('action_logs').selectAll().execute();
    assert.ok(!JSON.stringify(logs).includes(token));
  });
});
