import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAccept, parseDigest, parseReference, parseTagName } from '@wharf/oci';
import { deleteBlob } from '#/domain/blobs/index.ts';
import { findManifest } from '#/domain/manifests/index.ts';
import { formatSchema1 } from '#/domain/manifests/schema1/index.ts';
import {
  changeTagExpiration,
  deleteTag,
  listTagHistory,
  moveTag,
  permanentlyDeleteTag,
  restoreTag,
} from '#/domain/tags/index.ts';
import { digestOf } from '#/testing/bytes.ts';
import { eachDatabase } from '#/testing/databases.ts';
import {
  createPushFixture,
  describeManifest,
  encode,
  makeIndex,
  type PushFixture,
} from '#/testing/push-fixture.ts';

const weekMs = 7 * 24 * 3600 * 1000;

function actionsOn(fixture: PushFixture, name: string) {
  const { services, repository, performer } = fixture;
  const tag = parseTagName(name);
  const target = { repository, tag, performer };
  return {
    move: (digest: string) => moveTag(services, { ...target, digest: parseDigest(digest) }),
    restore: (digest: string) => restoreTag(services, { ...target, digest: parseDigest(digest) }),
    remove: () => deleteTag(services, target),
    expire: (expiresMs: number | null) => changeTagExpiration(services, { ...target, expiresMs }),
    purge: (which: string, withChildren = false) =>
      permanentlyDeleteTag(services, {
        ...target,
        which: which === 'alive' ? which : parseDigest(which),
        withChildren,
      }),
    async digest() {
      const found = await findManifest(services, {
        repository,
        reference: parseReference(name),
        accept: parseAccept('*/*'),
      });
      return found.digest;
    },
    history: () =>
      listTagHistory(services.database.read, {
        repositoryId: repository.id,
        onlyAlive: false,
        nowMs: fixture.clock.nowMs(),
        names: { is: name },
        limit: 100,
      }),
  };
}

async function kindsOf(fixture: PushFixture): Promise<string[]> {
  const rows = await fixture.services.database.read
    .selectFrom('action_logs')
    .select('kind')
    .where('kind', '<>', 'push_repo')
    .orderBy('id')
    .execute();
  return rows.map(({ kind }) => kind);
}

eachDatabase('changing tags', (open) => {
  test('creates, moves, restores: the history joins without a gap', async () => {
    const fixture = await createPushFixture(await open());
    const [first, second] = [await fixture.makeImage(), await fixture.makeImage()];
    const { digest: one } = await fixture.push(first, 'v1');
    const { digest: two } = await fixture.push(second, 'v2');
    const latest = actionsOn(fixture, 'latest');
    fixture.clock.advanceMs(10);
    await latest.move(one);
    fixture.clock.advanceMs(10);
    await latest.move(two);
    assert.equal(await latest.digest(), two);
    await latest.remove();
    await actionsOn(fixture, 'v1').remove();
    await assert.rejects(latest.move(one), { code: 'manifest_unknown' }, 'only the time machine holds it');
    fixture.clock.advanceMs(10);
    await latest.restore(one);
    assert.equal(await latest.digest(), one);
    const rows = await latest.history();
    assert.deepEqual(
      rows.map(({ digest, isReversion }) => [digest, isReversion]),
      [
        [one, true],
        [two, false],
        [one, false],
      ],
    );
    assert.equal(rows[2]?.endMs, rows[1]?.startMs);
    assert.deepEqual(await kindsOf(fixture), [
      'create_tag',
      'move_tag',
      'delete_tag',
      'delete_tag',
      'revert_tag',
    ]);
  });

  test('what is not there, or not any more, cannot be pointed at', async () => {
    const fixture = await createPushFixture(await open());
    const { digest } = await fixture.push(await fixture.makeImage(), 'v1');
    const v1 = actionsOn(fixture, 'v1');
    const nowhere = digestOf(Buffer.from('nowhere'));
    await assert.rejects(v1.move(nowhere), { code: 'manifest_unknown' });
    await assert.rejects(v1.restore(nowhere), { code: 'manifest_unknown' });
    await v1.remove();
    fixture.clock.advanceMs(2 * weekMs + 1000);
    await assert.rejects(v1.restore(digest), { code: 'manifest_unknown' }, 'its time is over');
  });

  test('a restored image can be pulled whole: a blob that a client deleted comes back', async () => {
    const fixture = await createPushFixture(await open());
    const image = await fixture.makeImage();
    await fixture.push(image, digestOf(encode(image)));
    const { digest } = await fixture.push(makeIndex([describeManifest(image)]), 'v1');
    fixture.clock.advanceMs(3_700_000);
    const v1 = actionsOn(fixture, 'v1');
    await v1.remove();
    const { services, repository } = fixture;
    const [layer] = image.layers as { digest: string }[];
    await deleteBlob(services, { repositoryId: repository.id, digest: parseDigest(layer?.digest ?? '') });
    const hidden = () => services.database.read.selectFrom('hidden_blobs').select('blob_id').execute();
    assert.equal((await hidden()).length, 1);
    await v1.restore(digest);
    assert.equal((await hidden()).length, 0);
  });

  test('a schema 1 manifest is copied under the name of its new tag', async () => {
    const fixture = await createPushFixture(await open());
    const { repository } = fixture;
    const layer = await fixture.pushBlob('a layer');
    const bytes = formatSchema1({
      name: `${repository.namespace}/${repository.name}`,
      tag: 'v1',
      architecture: 'amd64',
      layers: [{ digest: layer.digest, v1Compatibility: JSON.stringify({ id: 'a'.repeat(64) }) }],
    });
    const { digest } = await fixture.push(bytes, 'v1');
    const latest = actionsOn(fixture, 'latest');
    await latest.move(digest);
    const copied = await latest.digest();
    assert.notEqual(copied, digest);
    const { bytes: copy } = await findManifest(fixture.services, {
      repository,
      reference: parseReference('latest'),
      accept: parseAccept('*/*'),
    });
    assert.equal(JSON.parse(String(copy)).tag, 'latest');
    assert.equal(await actionsOn(fixture, 'v1').digest(), digest);
  });

  test('an expiration is clamped from the start of the tag, and taken back by null', async () => {
    const fixture = await createPushFixture(await open());
    await fixture.push(await fixture.makeImage(), 'v1');
    const startMs = fixture.clock.nowMs();
    const v1 = actionsOn(fixture, 'v1');
    for (const [asked, expected] of [
      [startMs + weekMs, startMs + weekMs],
      [startMs + 1000, startMs + 3_600_000],
      [startMs + 500 * weekMs, startMs + 104 * weekMs],
      [null, null],
    ] as const) {
      await v1.expire(asked);
      assert.equal((await v1.history())[0]?.endMs, expected, String(asked));
    }
    fixture.clock.advanceMs(200 * weekMs);
    const nowMs = fixture.clock.nowMs();
    await v1.expire(nowMs + weekMs);
    assert.equal((await v1.history())[0]?.endMs, nowMs + weekMs, 'an old tag does not end at once');
    await assert.rejects(v1.expire(nowMs), { code: 'invalid_request' });
    await assert.rejects(actionsOn(fixture, 'v9').expire(null), { code: 'manifest_unknown' });
    assert.deepEqual(await kindsOf(fixture), Array(5).fill('change_tag_expiration'));
  });

  test('taken out of the time machine: neither listed nor restored', async () => {
    const fixture = await createPushFixture(await open());
    const image = await fixture.makeImage();
    const { digest: one } = await fixture.push(image, 'v1');
    const { digest: two } = await fixture.push(makeIndex([describeManifest(image)]), 'v1');
    const v1 = actionsOn(fixture, 'v1');
    await assert.rejects(v1.purge(two), { code: 'not_found' }, 'it has not ended');
    fixture.clock.advanceMs(10);
    await v1.purge(one);
    await assert.rejects(v1.purge(one), { code: 'not_found' });
    await v1.purge('alive', true);
    assert.deepEqual(await v1.history(), []);
    await assert.rejects(v1.purge('alive'), { code: 'not_found' });
    await assert.rejects(v1.restore(two), { code: 'manifest_unknown' });
    assert.deepEqual(await kindsOf(fixture), ['permanently_delete_tag', 'permanently_delete_tag']);
  });

  test('what is immutable stays as it is', async () => {
    const fixture = await createPushFixture(await open());
    const { digest: one } = await fixture.push(await fixture.makeImage(), 'v1');
    const { digest: two } = await fixture.push(await fixture.makeImage(), 'v2');
    await fixture.services.database.transaction((db) =>
      db.updateTable('tags').set({ immutable: 1 }).where('name', '=', 'v1').execute(),
    );
    const v1 = actionsOn(fixture, 'v1');
    for (const act of [
      () => v1.move(two),
      () => v1.expire(null),
      () => v1.purge('alive'),
      () => v1.remove(),
    ]) {
      await assert.rejects(act(), { code: 'tag_immutable' });
    }
    assert.equal(await v1.digest(), one);
  });
});
