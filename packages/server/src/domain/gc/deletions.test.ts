import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sql } from 'kysely';
import { cleanQueue } from '#/domain/background/index.ts';
import { mountBlob, runBlobDeletions } from '#/domain/blobs/index.ts';
import {
  deleteNamespace,
  deleteRepository,
  runNamespaceDeletions,
  runRepositoryDeletions,
} from '#/domain/gc/index.ts';
import {
  addTeamMember,
  createOrganization,
  createRobot,
  createUser,
  findAccountByName,
} from '#/domain/namespaces/index.ts';
import { createRepository, findRepository, findRepositoryById } from '#/domain/repositories/index.ts';
import type { Services } from '#/domain/services.ts';
import { startUpload } from '#/domain/uploads/index.ts';
import { crashAt } from '#/testing/crash-points.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createPushFixture, describeManifest, makeIndex, type PushFixture } from '#/testing/push-fixture.ts';

const hourMs = 3600_000;

const tables = [
  'repositories',
  'tags',
  'current_tags',
  'manifests',
  'manifest_blobs',
  'manifest_children',
  'manifest_labels',
  'uploads',
  'blob_links',
  'hidden_blobs',
  'blobs',
  'blob_placements',
  'blob_deletions',
  'deleted_repositories',
  'deleted_namespaces',
  'queue_items',
] as const;

async function countRows({ database }: Services): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const row = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`.execute(
      database.read,
    );
    const count = Number(row.rows[0]?.count);
    if (count > 0) counts[table] = count;
  }
  return counts;
}

/** A repository with a bit of everything in it. */
async function fill(fixture: PushFixture): Promise<void> {
  const { services, repository } = fixture;
  const images = await Promise.all([fixture.makeImage({ labels: { a: 'b' } }), fixture.makeImage()]);
  for (const image of images) await fixture.push(image, String(describeManifest(image).digest));
  await fixture.push(makeIndex(images.map((image) => describeManifest(image))), 'index');
  await fixture.push(await fixture.makeImage(), 'moved');
  await fixture.push(await fixture.makeImage(), 'moved');
  await fixture.pushBlob('unused');
  await startUpload(services, { repositoryId: repository.id });
}

eachDatabase('deletion of repositories', (open) => {
  test('hides the repository and frees its name at once, and removes everything later', async () => {
    const fixture = await createPushFixture(await open());
    const { services, repository, clock, performer } = fixture;
    await fill(fixture);
    await deleteRepository(services, { repository, performer });
    await assert.rejects(deleteRepository(services, { repository, performer }), { code: 'name_unknown' });
    const { namespace, namespaceId, name } = repository;
    assert.equal(await findRepository(services.database.read, namespace, name), undefined);
    const again = await createRepository(services, {
      namespaceId,
      name,
      visibility: 'private',
      creator: undefined,
    });
    await assert.rejects(fixture.push(await fixture.makeImage(), 'late'), { code: 'name_unknown' });
    // Blobs that were pushed a moment ago are leased.
    assert.equal(await runRepositoryDeletions(services), 0);
    clock.advanceMs(hourMs);
    assert.equal(await runRepositoryDeletions(services), 1);
    await runBlobDeletions(services);
    assert.deepEqual(await countRows(services), { repositories: 1 });
    assert.equal((await findRepositoryById(services.database.read, again.id))?.name, name);
    const logs = await services.database.read
      .selectFrom('action_logs')
      .select(['kind', 'repository_id', 'metadata_json'])
      .where('kind', '=', 'delete_repo')
      .execute();
    assert.deepEqual(logs, [
      {
        kind: 'delete_repo',
        repository_id: repository.id,
        metadata_json: JSON.stringify({ repo: name, namespace }),
      },
    ]);
  });

  test('blobs that other repositories use stay', async () => {
    const fixture = await createPushFixture(await open());
    const { services, repository, clock } = fixture;
    const image = await fixture.makeImage();
    await fixture.push(image, 'a');
    const other = await createRepository(services, {
      namespaceId: repository.namespaceId,
      name: 'other',
      visibility: 'private',
      creator: undefined,
    });
    const { layers } = image as { layers: { digest: string }[] };
    const digest = layers[0]?.digest as Parameters<typeof mountBlob>[1]['digest'];
    clock.advanceMs(hourMs - 60_000);
    assert.ok(await mountBlob(services, { digest, from: repository.id, to: other.id }));
    await deleteRepository(services, { repository });
    clock.advanceMs(30 * 60_000);
    assert.equal(await runRepositoryDeletions(services), 1);
    await runBlobDeletions(services);
    assert.deepEqual(await countRows(services), {
      repositories: 1,
      blob_links: 1,
      blobs: 1,
      blob_placements: 1,
    });
  });

  test('a purge that dies anywhere goes on where it stood', async () => {
    const database = await open();
    const fixture = await createPushFixture(database);
    const { services, repository, clock } = fixture;
    await fill(fixture);
    await deleteRepository(services, { repository });
    clock.advanceMs(hourMs);
    let at = 0;
    for (; ; at += 1) {
      const point = crashAt(at);
      const dying = { ...services, database: point.database?.(database) ?? database };
      await runRepositoryDeletions(dying).catch((error: unknown) => {
        assert.ok(point.reached(), String(error));
      });
      if (!point.reached()) break;
      // The reservation of the one that died runs out.
      clock.advanceMs(hourMs);
    }
    assert.ok(at > 5, String(at));
    await runBlobDeletions(services);
    // Jobs that used up their retries.
    clock.advanceMs(48 * hourMs);
    await cleanQueue(services);
    assert.deepEqual(await countRows(services), {});
  });

  test('a repository whose job is gone is purged all the same', async () => {
    const fixture = await createPushFixture(await open());
    const { services, repository, clock } = fixture;
    await fixture.push(await fixture.makeImage(), 'a');
    await deleteRepository(services, { repository });
    await services.database.transaction((db) => db.deleteFrom('queue_items').execute());
    assert.equal(await runRepositoryDeletions(services), 0);
    clock.advanceMs(2 * hourMs);
    assert.equal(await runRepositoryDeletions(services), 1);
    assert.equal(await runRepositoryDeletions(services), 0);
  });
});

eachDatabase('deletion of namespaces', (open) => {
  test('frees name and address at once and removes repositories and account later', async () => {
    const fixture = await createPushFixture(await open());
    const { services, repository, clock } = fixture;
    await fill(fixture);
    const { namespace, namespaceId } = repository;
    const owner = await createUser(services, { name: 'owner', email: 'owner@example.org' });
    await createRobot(services, { owner: { ...owner, id: namespaceId, name: namespace }, shortName: 'ci' });
    await deleteRepository(services, { repository });
    await createRepository(services, {
      namespaceId,
      name: 'second',
      visibility: 'private',
      creator: undefined,
    });
    await deleteNamespace(services, { accountId: namespaceId });
    const { read } = services.database;
    assert.equal(await findAccountByName(read, namespace), undefined);
    assert.equal(await findAccountByName(read, `${namespace}+ci`), undefined);
    assert.equal(await findRepository(read, namespace, 'second'), undefined);
    clock.advanceMs(hourMs);
    assert.equal(await runRepositoryDeletions(services), 0);
    assert.equal(await runNamespaceDeletions(services), 1);
    await runBlobDeletions(services);
    assert.deepEqual(await countRows(services), {});
    const accounts = await read.selectFrom('accounts').select('name').execute();
    assert.deepEqual(accounts, [{ name: 'owner' }]);

    await deleteNamespace(services, { accountId: owner.id });
    const again = await createUser(services, { name: 'owner', email: 'owner@example.org' });
    assert.equal(await runNamespaceDeletions(services), 1);
    assert.deepEqual(await read.selectFrom('accounts').select('id').execute(), [{ id: again.id }]);
    await assert.rejects(deleteNamespace(services, { accountId: owner.id }), { code: 'not_found' });
  });

  test('the only administrator of an organization stays unless forced', async () => {
    const { services } = await createPushFixture(await open());
    const alice = await createUser(services, { name: 'alice' });
    const bob = await createUser(services, { name: 'bob' });
    const acme = await createOrganization(services, { name: 'acme', ownerId: alice.id });
    const { account: robot } = await createRobot(services, { owner: acme, shortName: 'ci' });
    await assert.rejects(deleteNamespace(services, { accountId: robot.id }), { code: 'invalid_request' });
    await assert.rejects(deleteNamespace(services, { accountId: alice.id }), {
      code: 'invalid_request',
      message: /"acme"/,
    });
    await addTeamMember(services, { organizationId: acme.id, team: 'owners', member: 'bob' });
    await deleteNamespace(services, { accountId: alice.id });
    await assert.rejects(deleteNamespace(services, { accountId: bob.id }), { code: 'invalid_request' });
    await deleteNamespace(services, { accountId: bob.id, force: true });
    assert.equal(await findAccountByName(services.database.read, 'bob'), undefined);
  });

  test('the purge of a listed namespace waits for the time of grace', async () => {
    const namespaceDeletionGrace = { seconds: 3600, namespaces: ['acme'] };
    const { services, clock } = await createPushFixture(await open(), {
      settings: { namespaceDeletionGrace },
    });
    const alice = await createUser(services, { name: 'alice' });
    const acme = await createOrganization(services, { name: 'acme', ownerId: alice.id });
    await deleteNamespace(services, { accountId: acme.id });
    assert.equal(await runNamespaceDeletions(services), 0);
    clock.advanceMs(hourMs);
    assert.equal(await runNamespaceDeletions(services), 1);
  });

  test('a purge that dies anywhere goes on where it stood', async () => {
    const database = await open();
    const fixture = await createPushFixture(database);
    const { services, repository, clock } = fixture;
    await fixture.push(await fixture.makeImage(), 'a');
    await deleteNamespace(services, { accountId: repository.namespaceId });
    clock.advanceMs(hourMs);
    let at = 0;
    for (; ; at += 1) {
      const point = crashAt(at);
      const dying = { ...services, database: point.database?.(database) ?? database };
      await runNamespaceDeletions(dying).catch((error: unknown) => {
        assert.ok(point.reached(), String(error));
      });
      if (!point.reached()) break;
      clock.advanceMs(hourMs);
    }
    assert.ok(at > 5, String(at));
    await runBlobDeletions(services);
    // Jobs that used up their retries.
    clock.advanceMs(48 * hourMs);
    await cleanQueue(services);
    assert.deepEqual(await countRows(services), {});
  });
});
