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
import { listReferrers as listPage } from './index.ts';
import type { ReferrersCursor } from './walk-referrers.ts';

const sbom = 'application/vnd.example.sbom';
const signature = 'application/vnd.example.signature';

async function attach(fixture: PushFixture, manifest: Json): Promise<Digest> {
  const { digest } = await fixture.push(manifest, digestOf(encode(manifest)));
  return digest;
}

/** All entries, on one page. */
async function listReferrers(
  services: PushFixture['services'],
  input: Omit<Parameters<typeof listPage>[1], 'limit'>,
) {
  const { referrers, next } = await listPage(services, { ...input, limit: 1000 });
  assert.equal(next, undefined);
  return referrers;
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

  test('pages: every entry once, in order, filtered or not, whatever was deleted meanwhile', async () => {
    const fixture = await createPushFixture(await open());
    const { services, repository, performer } = fixture;
    const image = describeManifest(await fixture.makeImage());
    const subject = parseDigest(String(image.digest));
    const attached: Digest[] = [];
    const types = [sbom, signature, sbom, signature, sbom, signature, sbom];
    for (const artifactType of types) {
      attached.push(
        await attach(fixture, await fixture.makeImage({ manifest: { subject: image, artifactType } })),
      );
    }
    const fallback = [];
    for (const artifactType of [sbom, signature, sbom]) {
      const foreign = await fixture.makeImage();
      await attach(fixture, foreign);
      fallback.push(describeManifest(foreign, { artifactType }));
    }
    await fixture.push(makeIndex(fallback), fallbackTagName(subject));

    const walk = async (limit: number, artifactType?: string) => {
      const pages: string[][] = [];
      let after: ReferrersCursor | undefined;
      do {
        const input = { repositoryId: repository.id, subject, artifactType, after, limit };
        const { referrers, next } = await listPage(services, input);
        pages.push(referrers.map(({ digest }) => digest));
        after = next;
      } while (after !== undefined && pages.length < 50);
      return pages;
    };
    const all = [...attached.toSorted(), ...fallback.map(({ digest }) => String(digest)).sort()];
    for (const limit of [1, 2, 3, 7, 9, 10, 11]) {
      const pages = await walk(limit);
      assert.deepEqual(pages.flat(), all);
      assert.equal(pages.length, Math.ceil(all.length / limit), `pages of ${limit}`);
    }
    const sboms = await walk(2, sbom);
    assert.deepEqual(
      sboms.map((page) => page.length),
      [2, 2, 2],
    );
    assert.deepEqual(await walk(2, 'application/none'), [[]]);

    const [first, second] = attached.toSorted();
    const page = { repositoryId: repository.id, subject, limit: 2 };
    const { next } = await listPage(services, page);
    for (const digest of [first, second]) {
      await deleteManifest(services, { repository, digest: parseDigest(String(digest)), performer });
    }
    const rest = await listPage(services, { ...page, after: next, limit: 100 });
    assert.deepEqual(
      rest.referrers.map(({ digest }) => digest),
      all.slice(2),
    );
  });

  test('pages end before 4 MiB, and hold one entry at least', async () => {
    const fixture = await createPushFixture(await open());
    const subject = describeManifest(await fixture.makeImage());
    const sizes = [1_500_000, 1_500_000, 1_500_000, 4_190_000];
    for (const [index, size] of sizes.entries()) {
      const annotations = { text: String(index).repeat(size) };
      await attach(fixture, makeIndex([], { subject, artifactType: sbom, annotations }));
    }
    const counts: number[] = [];
    let after: ReferrersCursor | undefined;
    do {
      const { referrers, next } = await listPage(fixture.services, {
        repositoryId: fixture.repository.id,
        subject: parseDigest(String(subject.digest)),
        after,
        limit: 100,
      });
      counts.push(referrers.length);
      const bytes = Buffer.byteLength(JSON.stringify(referrers));
      assert.ok(referrers.length === 1 || bytes < 4 * 1024 ** 2, `${referrers.length} with ${bytes} bytes`);
      after = next;
    } while (after !== undefined && counts.length < 10);
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      sizes.length,
    );
    assert.ok(counts.length >= 3, counts.join());
  });
});
