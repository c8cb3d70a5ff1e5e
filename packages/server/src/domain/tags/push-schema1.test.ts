import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { emptyLayerDigest, mediaTypes, parseAccept, parseReference } from '@wharf/oci';
import { findManifest } from '#/domain/manifests/index.ts';
import {
  formatSchema1,
  type Schema1Content,
  signSchema1,
  verifySchema1,
} from '#/domain/manifests/schema1/index.ts';
import { digestOf } from '#/testing/bytes.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createPushFixture, makeIndex, type PushFixture } from '#/testing/push-fixture.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

async function makeContent(
  fixture: PushFixture,
  parts: Partial<Schema1Content> = {},
): Promise<Schema1Content> {
  const { repository } = fixture;
  const layer = await fixture.pushBlob('a layer');
  const leaf = {
    id: 'b'.repeat(64),
    parent: 'a'.repeat(64),
    config: { Labels: { 'quay.expires-after': '1h' } },
  };
  return {
    name: `${repository.namespace}/${repository.name}`,
    tag: 'v1',
    architecture: 'amd64',
    layers: [
      { digest: emptyLayerDigest, v1Compatibility: JSON.stringify(leaf) },
      { digest: layer.digest, v1Compatibility: JSON.stringify({ id: 'a'.repeat(64) }) },
    ],
    ...parts,
  };
}

eachDatabase('pushing schema 1', (open) => {
  test('signed: the digest is that of the payload, by tag or by digest, and the label of the leaf counts', async () => {
    const fixture = await createPushFixture(await open());
    const { services, repository } = fixture;
    const { bytes, payload } = signSchema1(await makeContent(fixture), privateKey, Date.now());
    const mediaType = mediaTypes.schema1Signed;
    for (const reference of ['v1', digestOf(payload)]) {
      const pushed = await fixture.push(bytes, reference, { mediaType });
      assert.equal(pushed.digest, digestOf(payload));
      assert.deepEqual(pushed.tags, ['v1'], 'A8.4: by digest the tag in the body is set');
    }
    const pull = (reference: string, accept: string) =>
      findManifest(services, {
        repository,
        reference: parseReference(reference),
        accept: parseAccept(accept),
      });
    assert.deepEqual((await pull('v1', '')).bytes, bytes);
    assert.deepEqual((await pull(digestOf(payload), '')).bytes, bytes);
    const unsigned = await pull('v1', mediaTypes.schema1);
    assert.deepEqual(unsigned.bytes, payload);
    assert.equal(unsigned.mediaType, mediaTypes.schema1);
    assert.equal(unsigned.digest, digestOf(payload));
    fixture.clock.advanceMs(3_601_000);
    await assert.rejects(pull('v1', ''), { code: 'tag_expired' });
  });

  test('unsigned, and without any Content-Type', async () => {
    const fixture = await createPushFixture(await open());
    const bytes = formatSchema1(await makeContent(fixture));
    for (const mediaType of [mediaTypes.schema1, undefined, 'application/json']) {
      assert.equal((await fixture.push(bytes, 'v1', { mediaType })).mediaType, mediaTypes.schema1);
    }
    const row = await fixture.services.database.read
      .selectFrom('manifests')
      .select('layers_size_bytes')
      .executeTakeFirstOrThrow();
    assert.equal(row.layers_size_bytes, 'a layer'.length);
    const signed = await findManifest(fixture.services, {
      repository: fixture.repository,
      reference: parseReference('v1'),
      accept: parseAccept(mediaTypes.schema1Signed),
    });
    assert.equal(signed.mediaType, mediaTypes.schema1Signed, 'signed for those who take nothing else');
    assert.ok(signed.bytes !== undefined);
    assert.deepEqual(verifySchema1(signed.bytes), bytes);
    assert.equal(signed.digest, digestOf(bytes));
  });

  test('what is refused', async () => {
    const fixture = await createPushFixture(await open());
    const signed = signSchema1(await makeContent(fixture), privateKey, Date.now()).bytes;
    const unsigned = async (parts: Partial<Schema1Content>) =>
      formatSchema1(await makeContent(fixture, parts));
    const missing = { digest: digestOf(Buffer.from('absent')), v1Compatibility: '{"id":"1"}' };
    const cases: readonly (readonly [title: string, bytes: Buffer, reference: string, code: string])[] = [
      ['another tag than the URL', signed, 'v2', 'tag_invalid'],
      ['another repository', await unsigned({ name: 'other/app' }), 'v1', 'name_invalid'],
      ['no namespace', await unsigned({ name: fixture.repository.name }), 'v1', 'name_invalid'],
      ['no layers', await unsigned({ layers: [] }), 'v1', 'manifest_invalid'],
      ['a layer that is not here', await unsigned({ layers: [missing] }), 'v1', 'manifest_blob_unknown'],
      [
        'changed after signing',
        Buffer.from(signed.toString().replace('amd64', 'amd65')),
        'v1',
        'manifest_unverified',
      ],
      ['the digest of the whole text', signed, digestOf(signed), 'digest_mismatch'],
    ];
    for (const [title, bytes, reference, code] of cases) {
      await assert.rejects(fixture.push(bytes, reference), { code }, title);
    }
  });

  test('A8.3: a list names the architecture of a schema 1 child as the child does', async () => {
    const fixture = await createPushFixture(await open());
    const bytes = formatSchema1(await makeContent(fixture));
    await fixture.push(bytes, 'v1', { mediaType: mediaTypes.schema1 });
    const child = (architecture: string) => ({
      mediaType: mediaTypes.schema1,
      digest: digestOf(bytes),
      size: bytes.length,
      platform: { os: 'linux', architecture },
    });
    const list = (architecture: string) => ({
      ...makeIndex([child(architecture)]),
      mediaType: mediaTypes.list,
    });
    await fixture.push(list('amd64'), 'list');
    await assert.rejects(fixture.push(list('arm64'), 'list'), { code: 'manifest_invalid' });
  });
});
