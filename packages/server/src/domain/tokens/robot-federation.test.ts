import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '#/db/database.ts';
import { createRobot, createUser, deleteRobot } from '#/domain/namespaces/index.ts';
import {
  createFederatedRobotToken,
  deleteRobotFederation,
  findRobotFederations,
  getRobotFederation,
  setRobotFederation,
  verifyRobotToken,
} from '#/domain/tokens/index.ts';
import { manualClock } from '#/platform/clock.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

const identity = { issuer: 'https://issuer.example', subject: 'job' };
const invalid = { code: 'invalid_credentials' };

async function buildWorld(database: Database) {
  const clock = manualClock(1_700_000_000_000);
  const services = createTestServices({ database, clock });
  const alice = await createUser(services, { name: 'alice' });
  const bob = await createUser(services, { name: 'bob' });
  const ci = { owner: alice, shortName: 'ci' };
  await createRobot(services, ci);
  const exchange = (robotName = 'alice+ci', of = identity, audiences: readonly string[] = []) =>
    createFederatedRobotToken(services, { robotName, identity: { ...of, audiences }, ip: '192.0.2.1' });
  return { services, clock, alice, bob, ci, exchange };
}

eachDatabase('robot federation', (open) => {
  test('is replaced as a whole, inside the owner only', async () => {
    const { services, bob, ci } = await buildWorld(await open());
    const second = { issuer: 'http://other.example/realm', subject: 'x'.repeat(255) };
    await setRobotFederation(services, { ...ci, federations: [identity, second] });
    assert.deepEqual(await getRobotFederation(services, ci), [identity, second]);
    assert.deepEqual(await findRobotFederations(services, 'alice+ci'), [identity, second]);
    assert.deepEqual(await findRobotFederations(services, 'alice+other'), []);
    await setRobotFederation(services, { ...ci, federations: [second] });
    assert.deepEqual(await getRobotFederation(services, ci), [second]);
    const foreign = { owner: { ...bob, name: 'alice' }, shortName: 'ci' };
    for (const refused of [
      () => getRobotFederation(services, foreign),
      () => setRobotFederation(services, { ...foreign, federations: [] }),
      () => deleteRobotFederation(services, foreign),
      () => setRobotFederation(services, { ...ci, federations: [identity, identity] }),
      () =>
        setRobotFederation(services, {
          ...ci,
          federations: Array.from({ length: 101 }, (_, index) => ({ ...identity, subject: `${index}` })),
        }),
    ]) {
      await assert.rejects(refused(), { code: 'invalid_request' });
    }
    await deleteRobotFederation(services, ci);
    assert.deepEqual(await getRobotFederation(services, ci), []);
  });

  test('gives passwords that end with their time, the identity and the robot', async () => {
    const { services, clock, ci, exchange } = await buildWorld(await open());
    await assert.rejects(exchange(), invalid);
    await setRobotFederation(services, { ...ci, federations: [identity] });
    await assert.rejects(exchange('alice+other'), invalid);
    await assert.rejects(exchange('alice+ci', { ...identity, subject: 'another job' }), invalid);
    const { token, expiresMs } = await exchange();
    const verify = () => verifyRobotToken(services, 'alice+ci', token);
    assert.equal((await verify()).account.name, 'alice+ci');
    clock.advanceMs(expiresMs - clock.nowMs() - 1);
    await verify();
    clock.advanceMs(1);
    await assert.rejects(verify(), invalid);
    const next = await exchange();
    await deleteRobotFederation(services, ci);
    await assert.rejects(verifyRobotToken(services, 'alice+ci', next.token), invalid);
    await setRobotFederation(services, { ...ci, federations: [identity] });
    const last = await exchange();
    await deleteRobot(services, ci);
    await createRobot(services, ci);
    await setRobotFederation(services, { ...ci, federations: [identity] });
    await assert.rejects(verifyRobotToken(services, 'alice+ci', last.token), invalid);
  });

  test('states an audience, which the token must name among its own', async () => {
    const { services, ci, exchange } = await buildWorld(await open());
    const audience = 'registry.example.com';
    const plain = { ...identity, subject: 'other job' };
    await setRobotFederation(services, { ...ci, federations: [{ ...identity, audience }, plain] });
    assert.deepEqual(await getRobotFederation(services, ci), [{ ...identity, audience }, plain]);
    for (const audiences of [[], ['other'], [`${audience}.evil.org`], [audience.toUpperCase()], ['']]) {
      await assert.rejects(exchange('alice+ci', identity, audiences), invalid, audiences.join());
      await exchange('alice+ci', plain, audiences);
    }
    const { token } = await exchange('alice+ci', identity, ['other', audience]);
    await verifyRobotToken(services, 'alice+ci', token);
    await setRobotFederation(services, { ...ci, federations: [{ ...identity, audience: 'another' }] });
    await assert.rejects(verifyRobotToken(services, 'alice+ci', token), invalid);
    for (const refused of ['', 'x'.repeat(256)]) {
      const federations = [{ ...identity, audience: refused }];
      await assert.rejects(setRobotFederation(services, { ...ci, federations }), { code: 'invalid_request' });
    }
    const twice = [identity, { ...identity, audience }];
    await assert.rejects(setRobotFederation(services, { ...ci, federations: twice }), {
      code: 'invalid_request',
    });
  });

  test('is of no use for a disabled robot, a disabled owner, or where there are no robots', async () => {
    const database = await open();
    const { services, ci, exchange } = await buildWorld(database);
    await setRobotFederation(services, { ...ci, federations: [identity] });
    const { token } = await exchange();
    for (const name of ['alice+ci', 'alice']) {
      const set = (enabled: 0 | 1) =>
        services.database.transaction(async (db) => {
          await db.updateTable('accounts').set({ enabled }).where('name', '=', name).execute();
        });
      await set(0);
      await assert.rejects(exchange(), invalid, name);
      await assert.rejects(verifyRobotToken(services, 'alice+ci', token), { code: 'account_disabled' });
      await set(1);
    }
    const without = createTestServices({
      database,
      clock: services.clock,
      settings: { robots: { disallowed: true, exceptions: [] } },
    });
    const refused = createFederatedRobotToken(without, {
      robotName: 'alice+ci',
      identity: { ...identity, audiences: [] },
      ip: null,
    });
    await assert.rejects(refused, invalid);
  });
});
