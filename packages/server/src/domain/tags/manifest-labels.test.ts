import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDigest } from '@wharf/oci';
import { findStoredManifest, listLabels } from '#/domain/manifests/index.ts';
import { addManifestLabel, deleteManifestLabel, listTagHistory } from '#/domain/tags/index.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createPushFixture } from '#/testing/push-fixture.ts';

const dayMs = 24 * 3600 * 1000;

async function labelled(database: Parameters<typeof createPushFixture>[0]) {
  const fixture = await createPushFixture(database, {
    settings: { labelKeyReservedPrefixes: ['our.'] },
  });
  const { services, repository, performer } = fixture;
  const { digest } = await fixture.push(await fixture.makeImage({ labels: { vendor: 'acme' } }), 'v1');
  const manifest = await findStoredManifest(services.database.read, repository.id, digest);
  return {
    ...fixture,
    digest,
    add: (key: string, value: string, mediaType?: 'text/plain') =>
      addManifestLabel(services, { repository, digest, key, value, mediaType, performer }),
    remove: (uuid: string) => deleteManifestLabel(services, { repository, digest, uuid, performer }),
    list: (prefix?: string) => listLabels(services.database.read, manifest?.id ?? 0, prefix),
  };
}

eachDatabase('labels of manifests', (open) => {
  test('added, listed by prefix and taken back', async () => {
    const { add, list, remove, services } = await labelled(await open());
    const json = await add('a.b', '{"x":1}');
    assert.equal(json.mediaType, 'application/json');
    assert.equal((await add('a.c', '[1]', 'text/plain')).mediaType, 'text/plain');
    await add('a.b', '');
    const keys = async (prefix?: string) => (await list(prefix)).map(({ key }) => key);
    assert.deepEqual(await keys(), ['a.b', 'a.b', 'a.c', 'vendor']);
    assert.deepEqual(await keys('a.b'), ['a.b', 'a.b']);
    assert.deepEqual(await keys('a_'), []);
    assert.deepEqual(await keys('%'), []);
    await remove(json.uuid);
    assert.deepEqual(await keys('a.b'), ['a.b']);
    await assert.rejects(remove(json.uuid), { code: 'not_found' });
    const [own] = await list('vendor');
    await assert.rejects(remove(own?.uuid ?? ''), { code: 'invalid_request' });
    const logs = await services.database.read
      .selectFrom('action_logs')
      .select(['kind', 'metadata_json'])
      .where('kind', 'like', 'manifest_label%')
      .orderBy('id')
      .execute();
    assert.deepEqual(
      logs.map(({ kind }) => kind),
      ['manifest_label_add', 'manifest_label_add', 'manifest_label_add', 'manifest_label_delete'],
    );
    assert.deepEqual(Object.keys(JSON.parse(logs[0]?.metadata_json ?? '')), [
      'id',
      'key',
      'value',
      'manifest_digest',
      'media_type',
      'namespace',
      'repo',
    ]);
  });

  test('keys of others are refused', async () => {
    const { add } = await labelled(await open());
    for (const key of [
      '',
      'A',
      'a..b',
      '-a',
      'com.docker.x',
      'quay.x',
      'internal',
      'our.x',
      'a'.repeat(256),
    ]) {
      await assert.rejects(add(key, 'v'), { code: 'invalid_request' }, key);
    }
    await assert.rejects(add('a', 'x\0y'), { code: 'invalid_request' });
  });

  test('quay.expires-after ends the tags that point at the manifest, not before now', async () => {
    const fixture = await labelled(await open());
    const { services, repository, clock } = fixture;
    const startMs = clock.nowMs();
    const end = async (): Promise<number | null | undefined> => {
      const [tag] = await listTagHistory(services.database.read, {
        repositoryId: repository.id,
        onlyAlive: false,
        nowMs: clock.nowMs(),
        limit: 1,
      });
      return tag?.endMs;
    };
    await fixture.add('quay.expires-after', 'soon');
    assert.equal(await end(), null, 'it says nothing');
    await fixture.add('quay.expires-after', '2d');
    assert.equal(await end(), startMs + 2 * dayMs);
    await fixture.add('quay.expires-after', '1s');
    assert.equal(await end(), startMs + 3_600_000, 'clamped');
    clock.advanceMs(1000);
    await fixture.add('quay.expires-after', '30d');
    assert.equal(await end(), startMs + 30 * dayMs);
    clock.advanceMs(10 * dayMs);
    await fixture.add('quay.expires-after', '1d');
    assert.equal(await end(), clock.nowMs());
  });

  test('a manifest of another repository has no labels here', async () => {
    const { services, repository, performer } = await labelled(await open());
    const digest = parseDigest(`sha256:${'0'.repeat(64)}`);
    const target = { repository, digest, performer };
    await assert.rejects(
      addManifestLabel(services, { ...target, key: 'a', value: 'b', mediaType: undefined }),
      { code: 'manifest_unknown' },
    );
    await assert.rejects(deleteManifestLabel(services, { ...target, uuid: 'x' }), {
      code: 'manifest_unknown',
    });
  });
});
