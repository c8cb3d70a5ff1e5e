import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createUser, setAccountEnabled } from '#/domain/namespaces/index.ts';
import { createRepository, findRepository, setRepositoryVisibility } from '#/domain/repositories/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createTestServices } from '#/testing/services.ts';

eachDatabase('createRepository', (open) => {
  test('of two at once with the same name one wins, with one audit row', async () => {
    const services = createTestServices({ database: await open() });
    const alice = await createUser(services, { name: 'alice' });
    const create = () =>
      createRepository(services, {
        namespaceId: alice.id,
        name: 'app',
        visibility: 'private',
        creator: alice,
      });
    const results = await Promise.allSettled([create(), create()]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    const refusal = results.find((result) => result.status === 'rejected');
    assert.equal(refusal?.reason.code, 'already_exists');
    const winner = results.find((result) => result.status === 'fulfilled')?.value;
    assert.deepEqual(await findRepository(services.database.read, 'alice', 'app'), winner);
    const logs = await services.database.read
      .selectFrom('action_logs')
      .select(['account_id', 'performer_id', 'repository_id', 'metadata_json'])
      .where('kind', '=', 'create_repo')
      .execute();
    assert.deepEqual(logs, [
      {
        account_id: alice.id,
        performer_id: alice.id,
        repository_id: winner?.id,
        metadata_json: '{"repo":"app","namespace":"alice"}',
      },
    ]);
  });

  test('tells names apart by bytes', async () => {
    const services = createTestServices({ database: await open() });
    const alice = await createUser(services, { name: 'alice' });
    for (const name of ['a', 'a-b', 'a/b', 'a_b', 'a.b']) {
      await createRepository(services, {
        namespaceId: alice.id,
        name,
        visibility: 'private',
        creator: alice,
      });
    }
    assert.equal(await findRepository(services.database.read, 'alice', 'A'), undefined);
    assert.equal(await findRepository(services.database.read, 'ALICE', 'a'), undefined);
    assert.equal((await findRepository(services.database.read, 'alice', 'a'))?.name, 'a');
  });

  test('refuses bad names, missing and disabled namespaces', async () => {
    const services = createTestServices({
      database: await open(),
      settings: { featureExtendedRepositoryNames: false },
    });
    const alice = await createUser(services, { name: 'alice' });
    const create = (namespaceId: number, name: string) =>
      createRepository(services, { namespaceId, name, visibility: 'private', creator: alice });
    for (const name of ['', 'App', '.app', 'a/b', 'a'.repeat(256), 'a b']) {
      await assert.rejects(create(alice.id, name), { code: 'name_invalid' }, name);
    }
    await assert.rejects(create(alice.id + 100, 'app'), { code: 'not_found' });
    await setAccountEnabled(services, { accountId: alice.id, enabled: false });
    await assert.rejects(create(alice.id, 'app'), { code: 'namespace_disabled' });
  });

  test('a change of visibility is seen at once and announced', async () => {
    const services = createTestServices({ database: await open() });
    const alice = await createUser(services, { name: 'alice' });
    const repository = await createRepository(services, {
      namespaceId: alice.id,
      name: 'app',
      visibility: 'private',
      creator: alice,
    });
    const kinds: string[] = [];
    services.events.subscribe(({ kind }) => kinds.push(kind));
    await setRepositoryVisibility(services, { repository, visibility: 'public' });
    assert.equal((await findRepository(services.database.read, 'alice', 'app'))?.visibility, 'public');
    assert.deepEqual(kinds, ['authority-changed', 'repository-changed']);
  });
});
