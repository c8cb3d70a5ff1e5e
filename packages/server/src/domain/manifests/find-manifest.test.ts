import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { mediaTypes, parseAccept, parseManifest, parseReference, parseTagName } from '@wharf/oci';
import { deleteTag } from '#/domain/tags/index.ts';
import { digestOf } from '#/testing/bytes.ts';
import { eachDatabase } from '#/testing/databases.ts';
import {
  createPushFixture,
  describeManifest,
  encode,
  type Json,
  makeIndex,
  type PushFixture,
} from '#/testing/push-fixture.ts';
import { findManifest, statManifest } from './index.ts';
import { verifySchema1 } from './schema1/index.ts';

const requestOf = ({ repository }: PushFixture, reference: string, accept?: string) => ({
  repository,
  reference: parseReference(reference),
  accept: parseAccept(accept),
});

/** HEAD and GET must agree; returns what GET found. */
async function pull(fixture: PushFixture, reference: string, accept: string | undefined = '*/*') {
  const found = await findManifest(fixture.services, requestOf(fixture, reference, accept));
  const stat = await statManifest(fixture.services, requestOf(fixture, reference, accept));
  assert.deepEqual(
    { digest: stat.digest, mediaType: stat.mediaType, sizeBytes: stat.sizeBytes },
    { digest: found.digest, mediaType: found.mediaType, sizeBytes: found.sizeBytes },
  );
  assert.equal(found.bytes?.length, found.sizeBytes);
  return found;
}

async function pushUntagged(fixture: PushFixture, manifest: Json): Promise<string> {
  const { digest } = await fixture.push(manifest, digestOf(encode(manifest)));
  return digest;
}

async function endTag({ services, repository, performer, clock }: PushFixture, tag: string): Promise<void> {
  clock.advanceMs(1000);
  await deleteTag(services, { repository, tag: parseTagName(tag), performer });
}

/** The same image, as Docker writes it. */
function asSchema2(image: Json): Json {
  const layers = Array.isArray(image.layers) ? image.layers : [];
  return {
    ...image,
    mediaType: mediaTypes.schema2,
    config: { ...Object(image.config), mediaType: mediaTypes.dockerConfig },
    layers: layers.map((layer: Json) => ({ ...layer, mediaType: mediaTypes.dockerLayer })),
  };
}

const linux = { platform: { os: 'linux', architecture: 'amd64' } };

eachDatabase('findManifest', (open) => {
  test('A10.1: what was never there, and H-30: what was', async () => {
    const fixture = await createPushFixture(await open());
    await assert.rejects(pull(fixture, 'v1'), { code: 'manifest_unknown' });
    await assert.rejects(pull(fixture, digestOf(Buffer.from('nothing'))), { code: 'manifest_unknown' });
    const hex = 'a'.repeat(64);
    const cases = [
      { tag: 'v1', code: 'tag_expired' },
      { tag: `sha256-${hex}.sig`, code: 'manifest_unknown' },
      { tag: `sha256-${hex}.att`, code: 'manifest_unknown' },
      { tag: `sha256-${hex}`, code: 'manifest_unknown' },
      { tag: 'sha256-short.sig', code: 'tag_expired' },
    ];
    for (const { tag, code } of cases) {
      await fixture.push(await fixture.makeImage(), tag);
      await endTag(fixture, tag);
      await assert.rejects(pull(fixture, tag), {
        code,
        message: `Tag ${tag} was deleted or has expired. To pull, revive via time machine`,
      });
    }
  });

  test('A10.2: by digest while a tag, a hidden tag or an index keeps it', async () => {
    const fixture = await createPushFixture(await open());
    const image = await fixture.makeImage();
    const digest = await pushUntagged(fixture, image);
    const inner = makeIndex([describeManifest(image)]);
    const innerDigest = await pushUntagged(fixture, inner);
    const outer = makeIndex([describeManifest(inner)]);
    await fixture.push(outer, 'outer');
    fixture.clock.advanceMs(3_601_000);
    for (const reference of [digest, innerDigest, digestOf(encode(outer))]) {
      assert.equal((await pull(fixture, reference)).digest, reference, 'H-47: kept by the index');
    }
    await fixture.push(inner, 'inner');
    await endTag(fixture, 'outer');
    await assert.rejects(pull(fixture, digestOf(encode(outer))), { code: 'manifest_unknown' });
    assert.equal((await pull(fixture, digest)).digest, digest, 'kept by the other index');
    await endTag(fixture, 'inner');
    for (const reference of [digest, innerDigest]) {
      await assert.rejects(pull(fixture, reference), { code: 'manifest_unknown' });
    }
  });

  test('A8.4: pushed by digest alone, a manifest is there for the time of temporary tags', async () => {
    const fixture = await createPushFixture(await open());
    const image = await fixture.makeImage();
    const digest = await pushUntagged(fixture, image);
    fixture.clock.advanceMs(3_599_000);
    await pull(fixture, digest);
    await pushUntagged(fixture, image);
    fixture.clock.advanceMs(3_599_000);
    await pull(fixture, digest);
    fixture.clock.advanceMs(2000);
    await assert.rejects(pull(fixture, digest), { code: 'manifest_unknown' });
  });

  test('no digest is found in another repository than its own', async () => {
    const database = await open();
    const [one, other] = [await createPushFixture(database), await createPushFixture(database)];
    const { digest } = await one.push(await one.makeImage(), 'v1');
    await assert.rejects(pull(other, digest), { code: 'manifest_unknown' });
    await assert.rejects(pull(other, 'v1'), { code: 'manifest_unknown' });
  });

  test('A10.3, A10.4: which form a client gets', async () => {
    const fixture = await createPushFixture(await open());
    const oci = await fixture.makeImage();
    const schema2 = asSchema2(await fixture.makeImage());
    await fixture.push(oci, 'oci');
    await fixture.push(schema2, 'schema2');
    await fixture.push(makeIndex([describeManifest(oci, linux)]), 'index');
    await fixture.push(
      { ...makeIndex([describeManifest(schema2, linux)]), mediaType: mediaTypes.list },
      'list',
    );
    const arm = { platform: { os: 'linux', architecture: 'arm64' } };
    await fixture.push(makeIndex([describeManifest(oci, arm)]), 'arm');
    await fixture.push(
      await fixture.makeImage({
        manifest: { layers: [{ mediaType: 'text/plain', ...(await fixture.pushBlob('a text')) }] },
      }),
      'artifact',
    );
    const cases: readonly (readonly [
      tag: string,
      accept: string | undefined,
      mediaType: string | undefined,
    ])[] = [
      ['oci', '*/*', mediaTypes.ociManifest],
      ['oci', 'application/*;q=0.5', mediaTypes.ociManifest],
      ['oci', undefined, mediaTypes.ociManifest],
      ['oci', 'application/json', mediaTypes.ociManifest],
      ['oci', `${mediaTypes.ociIndex}, ${mediaTypes.ociManifest}`, mediaTypes.ociManifest],
      ['oci', mediaTypes.schema2, undefined],
      ['oci', mediaTypes.schema1, mediaTypes.schema1],
      ['oci', `${mediaTypes.schema1}, ${mediaTypes.ociManifest};q=0`, mediaTypes.schema1],
      ['schema2', undefined, mediaTypes.schema1Signed],
      ['schema2', 'application/json', mediaTypes.schema1Signed],
      ['schema2', mediaTypes.schema1Signed, mediaTypes.schema1Signed],
      ['schema2', mediaTypes.schema1, mediaTypes.schema1],
      ['schema2', mediaTypes.schema2.toUpperCase(), mediaTypes.schema2],
      ['schema2', mediaTypes.ociManifest, undefined],
      ['index', '*/*', mediaTypes.ociIndex],
      ['index', undefined, mediaTypes.ociIndex],
      ['index', mediaTypes.ociManifest, mediaTypes.ociManifest],
      ['index', mediaTypes.schema1, mediaTypes.schema1],
      ['index', mediaTypes.list, undefined],
      ['list', mediaTypes.list, mediaTypes.list],
      ['list', undefined, mediaTypes.schema1Signed],
      ['list', mediaTypes.schema2, mediaTypes.schema2],
      ['arm', mediaTypes.ociManifest, undefined],
      ['artifact', mediaTypes.schema1, undefined],
    ];
    for (const [tag, accept, mediaType] of cases) {
      const title = `${tag} with ${accept}`;
      const found = findManifest(fixture.services, requestOf(fixture, tag, accept));
      if (mediaType === undefined) await assert.rejects(found, { code: 'manifest_unknown' }, title);
      else assert.equal((await found).mediaType, mediaType, title);
      const stat = statManifest(fixture.services, requestOf(fixture, tag, accept));
      if (mediaType === undefined) await assert.rejects(stat, { code: 'manifest_unknown' }, title);
      else assert.equal((await stat).digest, (await found).digest, title);
    }
  });

  test('A10.3: by digest the stored bytes are the answer, whatever is accepted', async () => {
    const fixture = await createPushFixture(await open());
    const image = await fixture.makeImage();
    const { digest } = await fixture.push(image, 'v1');
    for (const accept of [undefined, mediaTypes.schema1, 'text/plain', `${mediaTypes.ociManifest};q=0`]) {
      const found = await findManifest(fixture.services, requestOf(fixture, digest, accept));
      assert.deepEqual(found.bytes, encode(image));
    }
  });

  test('A9.3: schema 1 made of an image names repository and tag, and is signed for those who ask', async () => {
    const fixture = await createPushFixture(await open());
    const { repository } = fixture;
    const image = await fixture.makeImage();
    await fixture.push(image, 'v1');
    const plain = await pull(fixture, 'v1', mediaTypes.schema1);
    const signed = await pull(fixture, 'v1', mediaTypes.schema1Signed);
    assert.ok(plain.bytes !== undefined && signed.bytes !== undefined);
    assert.deepEqual(verifySchema1(signed.bytes), plain.bytes);
    assert.equal(signed.digest, plain.digest);
    assert.equal(plain.digest, `sha256:${createHash('sha256').update(plain.bytes).digest('hex')}`);
    const parsed = parseManifest(plain.mediaType, plain.bytes);
    assert.ok(parsed.kind === 'schema1');
    assert.equal(parsed.name, `${repository.namespace}/${repository.name}`);
    assert.equal(parsed.tag, 'v1');
    assert.deepEqual(
      parsed.requiredBlobs.map(({ digest }) => digest),
      (image.layers as { digest: string }[]).map(({ digest }) => digest),
    );
  });

  test('sha512: the digest that a manifest was pushed by is the one it is found by', async () => {
    const fixture = await createPushFixture(await open());
    const layer = { mediaType: mediaTypes.ociLayer, ...(await fixture.pushBlob('layer', 'sha512')) };
    const config = { mediaType: mediaTypes.ociConfig, ...(await fixture.pushBlob('{}', 'sha512')) };
    const image = await fixture.makeImage({ manifest: { config, layers: [layer] } });
    const bytes = encode(image);
    const [sha256, sha512] = [digestOf(bytes), digestOf(bytes, 'sha512')];
    const pushed = await fixture.push(image, sha512, { tags: ['a', 'b'] });
    assert.equal(pushed.digest, sha512);
    assert.equal((await pull(fixture, 'a')).digest, sha512);
    await assert.rejects(pull(fixture, sha256), { code: 'manifest_unknown' });
    await fixture.push(image, 'c');
    assert.equal((await pull(fixture, 'c')).digest, sha256);
    assert.deepEqual((await pull(fixture, sha256)).bytes, (await pull(fixture, sha512)).bytes);
    const index = makeIndex([{ mediaType: mediaTypes.ociManifest, digest: sha512, size: bytes.length }]);
    await fixture.push(index, digestOf(encode(index), 'sha512'));
    assert.equal((await pull(fixture, digestOf(encode(index), 'sha512'))).sizeBytes, encode(index).length);
  });
});
