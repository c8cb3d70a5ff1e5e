import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTagName } from '@wharf/oci';
import { expireBlobLinks, runBlobDeletions } from '#/domain/blobs/index.ts';
import { collectTags, createCollectionProgress, forgetEndedNames } from '#/domain/gc/index.ts';
import { deleteTag, listTags } from '#/domain/tags/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createPushFixture, describeManifest, makeIndex, type PushFixture } from '#/testing/push-fixture.ts';

const dayMs = 24 * 3600_000;
const windowMs = 14 * dayMs;

async function count({ services }: PushFixture, table: 'tags' | 'manifests' | 'blobs' | 'current_tags') {
  const { count } = await services.database.read
    .selectFrom(table)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function remove({ services, repository, performer }: PushFixture, tag: string) {
  await deleteTag(services, { repository, tag: parseTagName(tag), performer });
}

eachDatabase('collectTags', (open) => {
  test('a tag goes when the time of its namespace is over, and takes what nothing else needs', async () => {
    const fixture = await createPushFixture(await open());
    const { services, clock } = fixture;
    const kept = await fixture.makeImage({ layer: 'shared' });
    const gone = await fixture.makeImage({ layer: 'shared', labels: { only: 'here' } });
    await fixture.push(kept, 'kept');
    await fixture.push(gone, 'gone');
    assert.equal(await count(fixture, 'blobs'), 3);
    await remove(fixture, 'gone');
    clock.advanceMs(windowMs);
    assert.deepEqual(await collectTags(services), { tags: 0, manifests: 0 });
    clock.advanceMs(60_000);
    assert.deepEqual(await collectTags(services), { tags: 1, manifests: 1 });
    assert.deepEqual(await collectTags(services), { tags: 0, manifests: 0 });
    assert.equal((await expireBlobLinks(services)).unused, 1);
    assert.equal((await runBlobDeletions(services)).removed, 1);
    assert.equal(await count(fixture, 'blobs'), 2);
    assert.equal(await count(fixture, 'manifests'), 1);
    const links = await services.database.read.selectFrom('blob_links').selectAll().execute();
    assert.deepEqual(links, []);
  });

  test('children go with their index, but not those that another index or a tag keeps', async () => {
    const fixture = await createPushFixture(await open());
    const { services, clock } = fixture;
    const alone = await fixture.makeImage();
    const shared = await fixture.makeImage();
    const tagged = await fixture.makeImage();
    for (const image of [alone, shared]) {
      await fixture.push(image, (describeManifest(image).digest as string) ?? '');
    }
    await fixture.push(tagged, 'tagged');
    await fixture.push(makeIndex([alone, shared, tagged].map((image) => describeManifest(image))), 'index');
    await fixture.push(makeIndex([describeManifest(shared)]), 'other');
    await remove(fixture, 'index');
    clock.advanceMs(windowMs + 60_000);
    assert.deepEqual(await collectTags(services), { tags: 3, manifests: 2 });
    assert.equal(await count(fixture, 'manifests'), 3);
    assert.deepEqual(
      await fixture.services.database.read.selectFrom('tags').select('name').orderBy('name').execute(),
      [{ name: 'other' }, { name: 'tagged' }],
    );
  });

  test('more manifests than one transaction takes go in several rounds', async () => {
    const fixture = await createPushFixture(await open());
    const { services, clock } = fixture;
    const image = await fixture.makeImage();
    const children = await Promise.all(
      Array.from({ length: 230 }, async (_, n) => {
        const child = { ...image, annotations: { n: String(n) } };
        await fixture.push(child, (describeManifest(child).digest as string) ?? '');
        return describeManifest(child);
      }),
    );
    await fixture.push(makeIndex(children), 'index');
    await remove(fixture, 'index');
    clock.advanceMs(windowMs + 60_000);
    const first = await collectTags(services);
    assert.ok(first.manifests < 231, String(first.manifests));
    const second = await collectTags(services);
    assert.equal(first.manifests + second.manifests, 231);
    assert.equal(await count(fixture, 'tags'), 0);
  });

  test('each namespace has its own time, and a shorter one is found when all is looked at anew', async () => {
    const fixture = await createPushFixture(await open());
    const { services, clock, repository } = fixture;
    const progress = createCollectionProgress();
    await fixture.push(await fixture.makeImage(), 'a');
    await remove(fixture, 'a');
    clock.advanceMs(2 * dayMs);
    assert.equal((await collectTags(services, { progress })).tags, 0);
    await services.database.transaction((db) =>
      db
        .updateTable('accounts')
        .set({ tag_expiration_s: 86_400 })
        .where('id', '=', repository.namespaceId)
        .execute(),
    );
    assert.equal((await collectTags(services, { progress })).tags, 1);
    assert.equal(await count(fixture, 'manifests'), 0);
  });

  test('a tag whose lifetime is over leaves the list of present tags first and the history later', async () => {
    const fixture = await createPushFixture(await open());
    const { services, clock, repository } = fixture;
    await fixture.push(await fixture.makeImage({ labels: { 'quay.expires-after': '2h' } }), 'short');
    await fixture.push(await fixture.makeImage(), 'long');
    clock.advanceMs(3 * 3600_000);
    assert.equal(await count(fixture, 'current_tags'), 2);
    assert.equal(await forgetEndedNames(services), 1);
    assert.equal(await forgetEndedNames(services), 0);
    assert.equal(await count(fixture, 'current_tags'), 1);
    assert.equal(await count(fixture, 'tags'), 2);
    const page = { repositoryId: repository.id, limit: 10, nowMs: clock.nowMs() };
    assert.deepEqual(await listTags(services.database.read, page), ['long']);
    await fixture.push(await fixture.makeImage(), 'short');
    assert.deepEqual(await listTags(services.database.read, page), ['long', 'short']);
    clock.advanceMs(windowMs);
    assert.deepEqual(await collectTags(services), { tags: 1, manifests: 1 });
  });

  test('several nodes collect at once', async () => {
    const fixture = await createPushFixture(await open());
    const { services, clock } = fixture;
    for (let n = 0; n < 30; n += 1) await fixture.push(await fixture.makeImage(), 'moving');
    clock.advanceMs(windowMs + 60_000);
    const rounds = await Promise.all([1, 2, 3].map(() => collectTags(services)));
    assert.equal(
      rounds.reduce((sum, { manifests }) => sum + manifests, 0),
      29,
    );
    assert.equal(await count(fixture, 'tags'), 1);
    assert.equal(await count(fixture, 'manifests'), 1);
  });
});
