import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mediaTypes, parseAccept, parseReference } from '@wharf/oci';
import { findManifest } from '#/domain/manifests/index.ts';
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

const label = 'quay.expires-after';

/** Seconds from start to end of the last row of the tag; null without an end. */
async function lifetimeOf({ services, repository }: PushFixture, tag: string): Promise<number | null> {
  const row = await services.database.read
    .selectFrom('tags')
    .select(['start_ms', 'end_ms'])
    .where('repository_id', '=', repository.id)
    .where('name', '=', tag)
    .orderBy('start_ms', 'desc')
    .executeTakeFirstOrThrow();
  return row.end_ms === null ? null : (row.end_ms - row.start_ms) / 1000;
}

async function pushImages(fixture: PushFixture, labels: readonly Json[]): Promise<Json[]> {
  const images: Json[] = [];
  for (const entry of labels) {
    const image = await fixture.makeImage({ labels: entry });
    await fixture.push(image, digestOf(encode(image)));
    images.push(describeManifest(image));
  }
  return images;
}

eachDatabase('labels of pushed content', (open) => {
  test('A12.6: quay.expires-after ends the tag; what is malformed is ignored', async () => {
    const fixture = await createPushFixture(await open());
    const cases: readonly (readonly [value: string, seconds: number | null])[] = [
      ['30s', 30],
      ['2m', 120],
      ['3h', 10_800],
      ['1d', 86_400],
      ['2w', 1_209_600],
      ['', null],
      ['2', null],
      ['0s', null],
      ['1d12h', null],
      ['-1d', null],
      ['1y', null],
      ['99999999999999999999w', null],
    ];
    for (const [value, seconds] of cases) {
      await fixture.push(await fixture.makeImage({ labels: { [label]: value } }), 'v1');
      assert.equal(await lifetimeOf(fixture, 'v1'), seconds, value);
    }
  });

  test('A12.3, A12.8: annotations win over labels, and a second push of the same manifest ends its tag too', async () => {
    const fixture = await createPushFixture(await open());
    const image = await fixture.makeImage({
      labels: { [label]: '1h', other: '{"a":1}' },
      manifest: { annotations: { [label]: '2h', text: 'plain' } },
    });
    await fixture.push(image, 'v1');
    assert.equal(await lifetimeOf(fixture, 'v1'), 7200);
    fixture.clock.advanceMs(60_000);
    await fixture.push(image, 'v2');
    assert.equal(await lifetimeOf(fixture, 'v2'), 7200);
    const rows = await fixture.services.database.read
      .selectFrom('manifest_labels')
      .select(['key', 'value', 'media_type', 'source_type'])
      .orderBy('key')
      .execute();
    assert.deepEqual(rows, [
      { key: 'other', value: '{"a":1}', media_type: 'application/json', source_type: 'manifest' },
      { key: label, value: '2h', media_type: 'text/plain', source_type: 'manifest' },
      { key: 'text', value: 'plain', media_type: 'text/plain', source_type: 'manifest' },
    ]);
  });

  test('A12.4: an index ends by what all its images say; attestations have no say', async () => {
    const fixture = await createPushFixture(await open());
    const day = { [label]: '1d' };
    const attestation = {
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
    };
    const [same = {}, alike = {}] = await pushImages(fixture, [day, { ...day, more: 'labels' }]);
    const [other = {}, none = {}] = await pushImages(fixture, [{ [label]: '2d' }, {}]);
    const inner = makeIndex([same]);
    await fixture.push(inner, digestOf(encode(inner)));
    const cases: readonly (readonly [title: string, index: Json, seconds: number | null])[] = [
      ['one', makeIndex([same]), 86_400],
      ['both', makeIndex([same, alike]), 86_400],
      ['different values', makeIndex([same, other]), null],
      ['one without', makeIndex([same, none]), null],
      ['an attestation without', makeIndex([same, { ...none, ...attestation }]), 86_400],
      ['an index of an index', makeIndex([describeManifest(inner), alike]), 86_400],
      ['nothing', makeIndex([]), null],
      ['its own annotation', makeIndex([none], { annotations: day }), null],
    ];
    for (const [title, index, seconds] of cases) {
      await fixture.push(index, 'v1');
      assert.equal(await lifetimeOf(fixture, 'v1'), seconds, title);
    }
    const ofIndexes = await fixture.services.database.read
      .selectFrom('manifest_labels')
      .innerJoin('manifests', 'manifests.id', 'manifest_labels.manifest_id')
      .select('manifest_labels.id')
      .where('manifests.media_type', '=', mediaTypes.ociIndex)
      .execute();
    assert.deepEqual(ofIndexes, []);
  });

  test('A13.11: a tag whose time is over is gone from lists and pulls, and a push revives the name', async () => {
    const fixture = await createPushFixture(await open());
    const { services, repository } = fixture;
    const pull = () =>
      findManifest(services, { repository, reference: parseReference('v1'), accept: parseAccept('*/*') });
    await fixture.push(await fixture.makeImage({ labels: { [label]: '1h' } }), 'v1');
    fixture.clock.advanceMs(3_599_000);
    await pull();
    fixture.clock.advanceMs(2000);
    await assert.rejects(pull(), { code: 'tag_expired' });
    const { digest } = await fixture.push(await fixture.makeImage(), 'v1');
    assert.equal((await pull()).digest, digest);
    assert.equal(await lifetimeOf(fixture, 'v1'), null);
  });

  test('hostile labels: no row is refused by a database, and their number is bounded', async () => {
    const fixture = await createPushFixture(await open());
    const many = Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`key-${index}`, 'value']));
    const labels = {
      '': 'no key',
      'with\u0000nul': 'x',
      nul: 'a\u0000b',
      lone: '\ud800',
      emoji: '\u{1f600}',
      ['k'.repeat(256)]: 'long key',
      long: 'v'.repeat(100_000),
      number: 1,
      __proto__: 'x',
      ...many,
    };
    await fixture.push(await fixture.makeImage({ labels }), 'v1');
    const rows = await fixture.services.database.read.selectFrom('manifest_labels').select('key').execute();
    const keys = new Set(rows.map(({ key }) => key));
    assert.equal(rows.length, 1000);
    for (const key of ['emoji', 'long', 'lone']) assert.ok(keys.has(key), key);
    for (const key of ['', 'nul', 'number', 'k'.repeat(256)]) assert.ok(!keys.has(key), key);
  });
});
