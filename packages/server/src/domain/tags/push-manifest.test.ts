import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAccept, parseReference, parseTagName } from '@wharf/oci';
import { findManifest, statManifest } from '#/domain/manifests/index.ts';
import { digestOf } from '#/testing/bytes.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createPushFixture, encode, type PushFixture } from '#/testing/push-fixture.ts';
import { deleteManifest, deleteTag, listTags } from './index.ts';

async function pull({ services, repository }: PushFixture, reference: string, accept = '*/*') {
  return findManifest(services, {
    repository,
    reference: parseReference(reference),
    accept: parseAccept(accept),
  });
}

const history = (fixture: PushFixture, name: string) =>
  fixture.services.database.read
    .selectFrom('tags')
    .innerJoin('manifests', 'manifests.id', 'tags.manifest_id')
    .select(['start_ms', 'end_ms', 'digest'])
    .where('tags.repository_id', '=', fixture.repository.id)
    .where('name', '=', name)
    .orderBy('start_ms')
    .execute();

const tagNames = ({ services, repository }: PushFixture) =>
  listTags(services.database.read, {
    repositoryId: repository.id,
    limit: 100,
    nowMs: services.clock.nowMs(),
  });

eachDatabase('pushManifest', (open) => {
  test('by tag: exact bytes, media type and digest come back by tag and by digest', async () => {
    const fixture = await createPushFixture(await open());
    const image = await fixture.makeImage();
    const bytes = Buffer.from(JSON.stringify(image, undefined, 2));
    const pushed = await fixture.push(bytes, 'v1', { mediaType: String(image.mediaType) });
    assert.equal(pushed.digest, digestOf(bytes));
    for (const reference of ['v1', pushed.digest]) {
      const found = await pull(fixture, reference);
      assert.deepEqual(found.bytes, bytes);
      assert.equal(found.digest, pushed.digest);
      assert.equal(found.mediaType, image.mediaType);
      assert.equal(found.sizeBytes, bytes.length);
    }
    const { services, repository } = fixture;
    const stat = await statManifest(services, {
      repository,
      reference: parseReference('v1'),
      accept: parseAccept('*/*'),
    });
    assert.equal(stat.bytes, undefined);
    assert.equal(stat.sizeBytes, bytes.length);
  });

  test('A13: the old row ends when the new one starts, also while the clock stands still or goes back', async () => {
    const fixture = await createPushFixture(await open());
    const images = [await fixture.makeImage(), await fixture.makeImage(), await fixture.makeImage()];
    const [first = {}, second = {}, third = {}] = images;
    await fixture.push(first, 'v1');
    await fixture.push(second, 'v1');
    fixture.clock.advanceMs(-5000);
    await fixture.push(third, 'v1');
    fixture.clock.advanceMs(60_000);
    await fixture.push(third, 'v1');
    const rows = await history(fixture, 'v1');
    assert.equal(rows.length, 4);
    for (const [index, row] of rows.entries()) {
      assert.equal(row.end_ms, rows[index + 1]?.start_ms ?? null);
      assert.ok(row.end_ms === null || row.end_ms > row.start_ms);
    }
    assert.equal(rows.at(-1)?.digest, digestOf(encode(third)));
    assert.deepEqual(await tagNames(fixture), ['v1']);
  });

  test('A11: a tag is deleted; pulls say so with the text of the time machine; a push revives the name', async () => {
    const fixture = await createPushFixture(await open());
    const image = await fixture.makeImage();
    const { digest } = await fixture.push(image, 'v1');
    fixture.clock.advanceMs(1000);
    const { services, repository, performer } = fixture;
    await deleteTag(services, { repository, tag: parseTagName('v1'), performer });
    await assert.rejects(pull(fixture, 'v1'), {
      code: 'tag_expired',
      message: 'Tag v1 was deleted or has expired. To pull, revive via time machine',
    });
    await assert.rejects(pull(fixture, digest), { code: 'manifest_unknown' });
    await assert.rejects(deleteTag(services, { repository, tag: parseTagName('v1'), performer }), {
      code: 'tag_expired',
    });
    assert.deepEqual(await tagNames(fixture), []);
    await fixture.push(image, 'v1');
    assert.equal((await pull(fixture, 'v1')).digest, digest);
    const rows = await history(fixture, 'v1');
    assert.equal(rows.length, 2);
  });

  test('A11: by digest every tag ends, hidden ones too', async () => {
    const fixture = await createPushFixture(await open());
    const image = await fixture.makeImage();
    const { digest } = await fixture.push(image, 'v1');
    await fixture.push(image, 'v2');
    fixture.clock.advanceMs(1000);
    const { services, repository, performer } = fixture;
    await deleteManifest(services, { repository, digest, performer });
    assert.deepEqual(await tagNames(fixture), []);
    await assert.rejects(pull(fixture, digest), { code: 'manifest_unknown' });
    await assert.rejects(deleteManifest(services, { repository, digest, performer }), {
      code: 'manifest_unknown',
    });
    const untagged = await fixture.makeImage();
    const bytes = encode(untagged);
    await fixture.push(untagged, digestOf(bytes));
    assert.deepEqual((await pull(fixture, digestOf(bytes))).bytes, bytes);
    fixture.clock.advanceMs(1000);
    await deleteManifest(services, { repository, digest: digestOf(bytes), performer });
    await assert.rejects(pull(fixture, digestOf(bytes)), { code: 'manifest_unknown' });
  });
});
