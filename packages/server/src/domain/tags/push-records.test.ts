import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTagName } from '@wharf/oci';
import type { RepositoryState } from '#/db/schema.ts';
import { deleteBlob } from '#/domain/blobs/index.ts';
import { digestOf } from '#/testing/bytes.ts';
import { eachDatabase } from '#/testing/databases.ts';
import {
  createPushFixture,
  describeManifest,
  encode,
  makeIndex,
  type PushFixture,
} from '#/testing/push-fixture.ts';
import { deleteManifest, deleteTag, listTags, mostTagsPerPush } from './index.ts';

const listEntries = async ({ services }: PushFixture) =>
  (
    await services.database.read
      .selectFrom('action_logs')
      .select(['kind', 'ip', 'repository_id', 'account_id', 'metadata_json'])
      .where('kind', 'in', ['push_repo', 'delete_tag'])
      .orderBy('id')
      .execute()
  ).map(({ metadata_json, ...entry }) => ({ ...entry, metadata: JSON.parse(metadata_json) }));

const setRow = ({ services, repository }: PushFixture, values: { state: RepositoryState }) =>
  services.database.transaction((db) =>
    db.updateTable('repositories').set(values).where('id', '=', repository.id).execute(),
  );

eachDatabase('what a push leaves behind', (open) => {
  test('an entry of the log for each tag, one event in order, one hint for caches', async () => {
    const fixture = await createPushFixture(await open());
    const { services, repository, performer, clock } = fixture;
    const hints: unknown[] = [];
    services.events.subscribe((event) => hints.push(event));
    const image = await fixture.makeImage();
    const { digest } = await fixture.push(image, digestOf(encode(image)), { tags: ['a', 'b'] });
    await fixture.push(await fixture.makeImage(), 'c');
    const untagged = await fixture.makeImage();
    await fixture.push(untagged, digestOf(encode(untagged)));
    clock.advanceMs(1000);
    await deleteTag(services, { repository, tag: parseTagName('c'), performer });
    await deleteManifest(services, { repository, digest, performer });
    const entries = await listEntries(fixture);
    assert.deepEqual(
      entries.map(({ kind, metadata }) => [kind, metadata.tag]),
      [
        ['push_repo', 'a'],
        ['push_repo', 'b'],
        ['push_repo', 'c'],
        ['delete_tag', 'c'],
        ['delete_tag', 'a'],
        ['delete_tag', 'b'],
      ],
    );
    for (const entry of entries) {
      assert.equal(entry.ip, performer.ip);
      assert.equal(entry.repository_id, repository.id);
      assert.equal(entry.account_id, repository.namespaceId);
      assert.equal(entry.metadata.repo, repository.name);
      assert.equal(entry.metadata.namespace, repository.namespace);
    }
    const hint = { kind: 'repository-changed', repositoryId: repository.id };
    assert.deepEqual(hints, [hint, hint, hint, hint, hint]);
  });

  test('tags in byte order, page by page, each once however often it was pushed', async () => {
    const fixture = await createPushFixture(await open());
    const { services, repository, clock } = fixture;
    const image = await fixture.makeImage();
    const names = ['b', 'B', '_', 'a', 'a-b', 'a.b', 'A', '0', 'a_b', 'Z', 'z', 'a0'];
    const { tags } = await fixture.push(image, digestOf(encode(image)), { tags: [...names, ...names] });
    assert.equal(tags.length, names.length);
    await fixture.push(image, 'a');
    const page = { repositoryId: repository.id, nowMs: clock.nowMs() };
    const sorted = names.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
    const db = services.database.read;
    assert.deepEqual(await listTags(db, { ...page, limit: 100 }), sorted);
    const paged: string[] = [];
    for (;;) {
      const found = await listTags(db, { ...page, limit: 5, after: paged.at(-1) });
      paged.push(...found);
      if (found.length < 5) break;
    }
    assert.deepEqual(paged, sorted);
    assert.deepEqual(await listTags(db, { ...page, limit: 2, after: 'a.' }), ['a.b', 'a0']);
    assert.deepEqual(await listTags(db, { ...page, limit: 0 }), []);
  });

  test('too many tags at once', async () => {
    const fixture = await createPushFixture(await open());
    const image = await fixture.makeImage();
    const tags = Array.from({ length: mostTagsPerPush + 1 }, (_, index) => `v${index}`);
    await assert.rejects(fixture.push(image, digestOf(encode(image)), { tags }), { code: 'too_large' });
  });

  test('A8.4: a tag that outlives the time makes the hidden one unnecessary', async () => {
    const fixture = await createPushFixture(await open());
    const image = await fixture.makeImage();
    const countHidden = async () =>
      (await fixture.services.database.read.selectFrom('tags').select('id').where('hidden', '=', 1).execute())
        .length;
    await fixture.push(image, 'v1');
    await fixture.push(image, digestOf(encode(image)));
    assert.equal(await countHidden(), 0);
    const brief = await fixture.makeImage({ labels: { 'quay.expires-after': '1m' } });
    await fixture.push(brief, 'v1');
    await fixture.push(brief, digestOf(encode(brief)));
    await fixture.push(brief, digestOf(encode(brief)));
    assert.equal(await countHidden(), 1);
  });

  test('an immutable tag is neither moved nor deleted, and pushing what it has changes nothing', async () => {
    const fixture = await createPushFixture(await open());
    const { services, repository, performer } = fixture;
    const image = await fixture.makeImage();
    const { digest } = await fixture.push(image, 'v1');
    await services.database.transaction((db) => db.updateTable('tags').set({ immutable: 1 }).execute());
    fixture.clock.advanceMs(1000);
    const refused = { code: 'tag_immutable' };
    const other = await fixture.makeImage();
    await assert.rejects(fixture.push(other, 'v1'), refused);
    await assert.rejects(fixture.push(other, digestOf(encode(other)), { tags: ['v2', 'v1'] }), refused);
    await assert.rejects(deleteTag(services, { repository, tag: parseTagName('v1'), performer }), refused);
    await assert.rejects(deleteManifest(services, { repository, digest, performer }), refused);
    await fixture.push(image, 'v1');
    const rows = await services.database.read.selectFrom('tags').select(['name', 'end_ms']).execute();
    assert.deepEqual(rows, [{ name: 'v1', end_ms: null }]);
    const manifests = await services.database.read.selectFrom('manifests').select('id').execute();
    assert.equal(manifests.length, 1, 'a refused push stores nothing');
  });

  test('a repository that stopped taking writes meanwhile', async () => {
    const fixture = await createPushFixture(await open());
    const { services, repository, performer } = fixture;
    const image = await fixture.makeImage();
    const { digest } = await fixture.push(image, 'v1');
    const cases: readonly (readonly [RepositoryState, string])[] = [
      ['READ_ONLY', 'denied'],
      ['MIRROR', 'denied'],
      ['MARKED_FOR_DELETION', 'name_unknown'],
    ];
    for (const [state, code] of cases) {
      await setRow(fixture, { state });
      await assert.rejects(fixture.push(image, 'v2'), { code }, state);
      await assert.rejects(
        deleteTag(services, { repository, tag: parseTagName('v1'), performer }),
        { code },
        state,
      );
      await assert.rejects(deleteManifest(services, { repository, digest, performer }), { code }, state);
    }
    const gone = { ...repository, id: repository.id + 1000 };
    await assert.rejects(deleteTag(services, { repository: gone, tag: parseTagName('v1'), performer }), {
      code: 'name_unknown',
    });
  });

  test('A11: a blob that a client deleted must come again before its image or its index lives again', async () => {
    const fixture = await createPushFixture(await open());
    const { services, repository, performer } = fixture;
    const image = await fixture.makeImage({ layer: 'a layer' });
    const { digest } = await fixture.push(image, 'v1');
    const index = makeIndex([describeManifest(image)]);
    fixture.clock.advanceMs(1000);
    const [layer] = image.layers as { digest: typeof digest }[];
    assert.ok(layer !== undefined);
    const gone = { repositoryId: repository.id, digest: layer.digest };
    await assert.rejects(deleteBlob(services, gone), { code: 'blob_referenced' });
    await deleteManifest(services, { repository, digest, performer });
    await deleteBlob(services, gone);
    await assert.rejects(fixture.push(image, 'v1'), { code: 'manifest_blob_unknown' });
    await assert.rejects(fixture.push(index, 'all'), { code: 'manifest_blob_unknown' });
    await fixture.makeImage({ layer: 'a layer' });
    await fixture.push(index, 'all');
    await fixture.push(image, 'v1');
  });
});
