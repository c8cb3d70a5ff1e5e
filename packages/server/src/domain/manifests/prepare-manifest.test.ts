import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mediaTypes } from '@wharf/oci';
import { digestOf } from '#/testing/bytes.ts';
import { eachDatabase } from '#/testing/databases.ts';
import { createPushFixture, encode, makeIndex } from '#/testing/push-fixture.ts';

eachDatabase('refusals before anything is stored', (open) => {
  const refused: readonly {
    readonly title: string;
    readonly bytes: Buffer;
    readonly mediaType?: string;
    readonly reference?: string;
    readonly code: string;
  }[] = [
    {
      title: 'no JSON',
      bytes: Buffer.from('{'),
      mediaType: mediaTypes.ociManifest,
      code: 'manifest_invalid',
    },
    {
      title: 'no UTF-8',
      bytes: Buffer.from([0x7b, 0xff, 0x7d]),
      mediaType: mediaTypes.ociManifest,
      code: 'manifest_invalid',
    },
    {
      title: 'an array',
      bytes: Buffer.from('[]'),
      mediaType: mediaTypes.ociManifest,
      code: 'manifest_invalid',
    },
    { title: 'nothing', bytes: Buffer.alloc(0), mediaType: mediaTypes.ociManifest, code: 'manifest_invalid' },
    {
      title: 'a bomb of brackets',
      bytes: Buffer.from('['.repeat(100_000)),
      mediaType: mediaTypes.ociManifest,
      code: 'manifest_invalid',
    },
    {
      title: 'an unknown type',
      bytes: Buffer.from('{}'),
      mediaType: 'application/x-unknown',
      code: 'manifest_type_unsupported',
    },
    {
      title: 'more bytes than allowed',
      bytes: Buffer.concat([Buffer.from('{"a":"'), Buffer.alloc(4 * 1024 ** 2, 'a'), Buffer.from('"}')]),
      mediaType: mediaTypes.ociManifest,
      code: 'manifest_too_large',
    },
    {
      title: 'another digest than the URL',
      bytes: encode(makeIndex([])),
      reference: digestOf(Buffer.from('other')),
      code: 'digest_mismatch',
    },
    {
      title: 'another sha512 digest than the URL',
      bytes: encode(makeIndex([])),
      reference: digestOf(Buffer.from('other'), 'sha512'),
      code: 'digest_mismatch',
    },
  ];
  test('each with its code', async () => {
    const fixture = await createPushFixture(await open());
    for (const { title, bytes, mediaType, reference, code } of refused) {
      const pushing = fixture.push(bytes, reference ?? 'v1', { mediaType: mediaType ?? mediaTypes.ociIndex });
      await assert.rejects(pushing, { code }, title);
    }
    const db = fixture.services.database.read;
    assert.equal((await db.selectFrom('manifests').select('id').execute()).length, 0);
  });

  test('without FEATURE_GENERAL_OCI_SUPPORT every OCI manifest, whether header or body says so', async () => {
    const fixture = await createPushFixture(await open(), { settings: { featureOciManifests: false } });
    for (const options of [{ mediaType: mediaTypes.ociIndex }, { mediaType: mediaTypes.json }]) {
      const pushing = fixture.push(encode(makeIndex([])), 'v1', options);
      await assert.rejects(pushing, { code: 'manifest_type_unsupported' });
    }
    const taken = await createPushFixture(await open());
    await taken.push(encode(makeIndex([])), 'v1', { mediaType: mediaTypes.ociIndex });
  });
});
