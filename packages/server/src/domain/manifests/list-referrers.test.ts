import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Digest, fallbackTagName, mediaTypes, parseDigest } from '@wharf/oci';
import { deleteManifest, deleteTag } from '#/domain/tags/index.ts';
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
import { listReferrers } from './index.ts';

const sbom = 'application/vnd.example.sbom';
const signature = 'application/vnd.example.signature';

async function attach(fixture: PushFixture, manifest: Json): Promise<Digest> {
  const { digest } = await fixture.push(manifest, digestOf(encode(manifest)));
  return digest;
}

const digestsOf = (entries: readonly { readonly digest: string }[]) =>
  entries.map(({ digest }) => digest).sort();

eachDatabase('listReferrers', (open) => {
  test('A15: images and indexes with the subject, with type and annotations, filtered by type', async () => {
    const fixture = await createPushFixture(await open());
    const { services, repository } = fixture;
    const image = await fixture.makeImage();
    const subject = describeManifest(image);
    const target = parseDigest(String(subject.digest));
    const list = (artifactType?: string) =>
      listReferrers(services, { repositoryId: repository.id, subject: target, artifactType });
    assert.deepEqual(await list(), [], 'A15.2: an unknown subject');

    const typed = await fixture.makeImage({
      manifest: { subject, artifactType: sbom, annotations: { one: '1', two: '2' } },
    });
    const config = { mediaType: signature, ...(await fixture.pushBlob('{}')) };
    const byConfig = await fixture.makeImage({ manifest: { subject, config } });
    const index = makeIndex([], { subject, artifactType: signature, annotations: { three: '3' } });
    const plainIndex = makeIndex([], { subject });
    for (const manifest of [typed, byConfig, index, plainIndex]) await attach(fixture, manifest);
    await fixture.push(image, 'v1');

    const describe = (manifest: Json, more: Json) => ({ ...describeManifest(manifest), ...more });
    const expected = [
      describe(typed, { artifactType: sbom, annotations: { one: '1', two: '2' } }),
      describe(byConfig, { artifactType: signature }),
      describe(index, { artifactType: signature, annotations: { three: '3' } }),
      describe(plainIndex, {}),
    ];
    const byDigest = (a: Json, b: Json) => (String(a.digest) < String(b.digest) ? -1 : 1);
    assert.deepEqual(
      (await list()).toSorted((a, b) => (a.digest < b.digest ? -1 : 1)),
      expected.sort(byDigest),
    );
    assert.deepEqual(
      digestsOf(await list(signature)),
      [digestOf(encode(byConfig)), digestOf(encode(index))].sort(),
    );
    assert.deepEqual(await list('application/none'), []);
  });

  test('A15.8, A15.9: a referrer lives until it is deleted, whatever becomes of its subject', async () => {
    const fixture = await createPushFixture(await open());
    const { services, repository, performer, clock } = fixture;
    const image = await fixture.makeImage();
    const { digest } = await fixture.push(image, 'v1');
    const referrer = await attach(
      fixture,
      await fixture.makeImage({ manifest: { subject: describeManifest(image) } }),
    );
    const list = async () =>
      digestsOf(await listReferrers(services, { repositoryId: repository.id, subject: digest }));
    clock.advanceMs(365 * 86_400_000);
    assert.deepEqual(await list(), [referrer]);
    await deleteManifest(services, { repository, digest, performer });
    assert.deepEqual(await list(), [referrer]);
    await deleteManifest(services, { repository, digest: referrer, performer });
    assert.deepEqual(await list(), []);
  });

  test('A15.9: also one that had a tag, or a temporary tag, before', async () => {
    const fixture = await createPushFixture(await open());
    const { services, repository, performer, clock } = fixture;
    const manifest = await fixture.makeImage({
      manifest: { subject: describeManifest(await fixture.makeImage()) },
    });
    const { tags } = await fixture.push(manifest, 'signature');
    await attach(fixture, manifest);
    clock.advanceMs(1000);
    for (const tag of tags) await deleteTag(services, { repository, tag, performer });
    const subject = parseDigest(String(Object(manifest.subject).digest));
    clock.advanceMs(86_400_000);
    assert.equal((await listReferrers(services, { repositoryId: repository.id, subject })).length, 1);
  });

  test('A15.5: entries of the index under the fallback tag come along, none twice', async () => {
    const fixture = await createPushFixture(await open());
    const { services, repository } = fixture;
    const subject = parseDigest(String(describeManifest(await fixture.makeImage()).digest));
    const known = await fixture.makeImage({
      manifest: { subject: { mediaType: mediaTypes.ociManifest, digest: subject, size: 1 } },
    });
    await attach(fixture, known);
    const foreign = await fixture.makeImage();
    await attach(fixture, foreign);
    const entry = describeManifest(foreign, { artifactType: sbom, annotations: { by: 'fallback' } });
    await fixture.push(makeIndex([describeManifest(known), entry]), fallbackTagName(subject));
    const found = await listReferrers(services, { repositoryId: repository.id, subject });
    assert.deepEqual(digestsOf(found), [digestOf(encode(known)), digestOf(encode(foreign))].sort());
    assert.deepEqual(
      await listReferrers(services, { repositoryId: repository.id, subject, artifactType: sbom }),
      [entry],
    );
  });

  test('another repository is never asked', async () => {
    const database = await open();
    const [one, other] = [await createPushFixture(database), await createPushFixture(database)];
    const subject = describeManifest(await one.makeImage());
    await attach(one, await one.makeImage({ manifest: { subject } }));
    const found = await listReferrers(other.services, {
      repositoryId: other.repository.id,
      subject: parseDigest(String(subject.digest)),
    });
    assert.deepEqual(found, []);
  });
});
