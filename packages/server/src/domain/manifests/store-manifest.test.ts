import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyLayerDigest, emptyLayerSizeBytes, mediaTypes } from '@wharf/oci';
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
import { deepestIndex } from './index.ts';

const absent = { digest: digestOf(Buffer.from('never pushed')), size: 12 };

interface Case {
  readonly title: string;
  /** Undefined if it is to be stored. */
  readonly code?: string;
  make(fixture: PushFixture): Promise<Json>;
}

const config = { mediaType: mediaTypes.ociConfig };
const layer = { mediaType: mediaTypes.ociLayerGzip };

async function makeSchema2(
  fixture: PushFixture,
  parts: { readonly config?: Json; readonly layers?: readonly Json[] } = {},
) {
  const image = await fixture.makeImage({ config: parts.config ?? {} });
  const layers = Array.isArray(image.layers) ? image.layers : [];
  return {
    ...image,
    mediaType: mediaTypes.schema2,
    config: { ...Object(image.config), mediaType: mediaTypes.dockerConfig },
    layers: [
      ...layers.map((entry: Json) => ({ ...entry, mediaType: mediaTypes.dockerLayer })),
      ...(parts.layers ?? []),
    ],
  };
}

const linux = { platform: { os: 'linux', architecture: 'amd64' } };

const cases: readonly Case[] = [
  { title: 'OCI image', make: ({ makeImage }) => makeImage() },
  { title: 'OCI image without layers', make: ({ makeImage }) => makeImage({ manifest: { layers: [] } }) },
  {
    title: 'custom fields and data in descriptors',
    make: ({ makeImage }) => makeImage({ manifest: { 'org.example': { deep: [1, { two: null }] } } }),
  },
  {
    title: 'a layer that was never pushed',
    code: 'manifest_blob_unknown',
    make: ({ makeImage }) => makeImage({ manifest: { layers: [{ ...layer, ...absent }] } }),
  },
  {
    title: 'a config that was never pushed',
    code: 'manifest_blob_unknown',
    make: ({ makeImage }) => makeImage({ manifest: { config: { ...config, ...absent } } }),
  },
  {
    title: 'a config of another type that was never pushed',
    code: 'manifest_blob_unknown',
    make: ({ makeImage }) =>
      makeImage({ manifest: { config: { mediaType: 'application/x-other', ...absent } } }),
  },
  {
    title: 'a config of another size',
    code: 'manifest_invalid',
    make: async ({ makeImage, pushBlob }) => {
      const blob = await pushBlob('{}');
      return makeImage({ manifest: { config: { ...config, digest: blob.digest, size: 3 } } });
    },
  },
  {
    title: 'a config that is no JSON, of an OCI image',
    make: async ({ makeImage, pushBlob }) =>
      makeImage({ manifest: { config: { ...config, ...(await pushBlob('not json')) } } }),
  },
  {
    title: 'non-distributable layers without URLs and without blobs (conformance)',
    make: ({ makeImage }) =>
      makeImage({
        manifest: {
          layers: [
            { ...absent, mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar' },
            { ...absent, mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd' },
          ],
        },
      }),
  },
  {
    title: 'the shared empty layer, never pushed',
    make: ({ makeImage }) =>
      makeImage({
        manifest: { layers: [{ ...layer, digest: emptyLayerDigest, size: emptyLayerSizeBytes }] },
      }),
  },
  { title: 'schema 2', make: (fixture) => makeSchema2(fixture) },
  {
    title: 'H-24: schema 2 with a foreign layer',
    make: (fixture) =>
      makeSchema2(fixture, {
        config: { history: [{}, {}] },
        layers: [
          { ...absent, mediaType: mediaTypes.dockerForeignLayer, urls: ['https://example.org/layer'] },
        ],
      }),
  },
  {
    title: 'schema 2 with a foreign layer without URLs',
    code: 'manifest_invalid',
    make: (fixture) =>
      makeSchema2(fixture, { layers: [{ ...absent, mediaType: mediaTypes.dockerForeignLayer }] }),
  },
  {
    title: 'schema 2 whose history explains too many layers',
    code: 'manifest_invalid',
    make: (fixture) => makeSchema2(fixture, { config: { history: [{}, {}] } }),
  },
  {
    title: 'schema 2 whose history has empty steps',
    make: (fixture) =>
      makeSchema2(fixture, { config: { history: [{ empty_layer: true }, {}, { empty_layer: true }] } }),
  },
  {
    title: 'schema 2 without any history',
    make: (fixture) => makeSchema2(fixture, { config: { history: undefined } }),
  },
  {
    title: 'schema 2 whose config is no JSON',
    code: 'manifest_invalid',
    make: async (fixture) => ({
      ...(await makeSchema2(fixture)),
      config: { mediaType: mediaTypes.dockerConfig, ...(await fixture.pushBlob('not json')) },
    }),
  },
  {
    title: 'H-45: a BuildKit attestation',
    make: async ({ makeImage, pushBlob }) =>
      makeImage({
        config: { architecture: 'unknown', os: 'unknown', config: {}, history: undefined },
        manifest: {
          layers: [
            {
              mediaType: 'application/vnd.in-toto+json',
              ...(await pushBlob('{"_type":"https://in-toto.io/Statement/v0.1"}')),
              annotations: { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v0.2' },
            },
          ],
        },
      }),
  },
  {
    title: 'H-46: a BuildKit cache index, whose entries are blobs',
    make: async ({ pushBlob }) =>
      makeIndex([
        { mediaType: mediaTypes.ociLayerGzip, ...(await pushBlob('cached layer')) },
        { mediaType: 'application/vnd.buildkit.cacheconfig.v0', ...(await pushBlob('{"layers":[]}')) },
      ]),
  },
  {
    title: 'H-46: a BuildKit cache index with a blob that is not here',
    code: 'manifest_invalid',
    make: async () => makeIndex([{ mediaType: mediaTypes.ociLayerGzip, ...absent }]),
  },
  {
    title: 'H-46: a BuildKit cache manifest',
    make: async ({ makeImage, pushBlob }) =>
      makeImage({
        manifest: {
          config: {
            mediaType: 'application/vnd.buildkit.cacheconfig.v0',
            ...(await pushBlob('{"layers":[]}')),
          },
        },
      }),
  },
  {
    title: 'H-55: a cosign signature',
    make: async ({ makeImage, pushBlob }) =>
      makeImage({
        config: { history: undefined, rootfs: { type: 'layers', diff_ids: [] } },
        manifest: {
          layers: [
            {
              mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
              ...(await pushBlob('{"critical":{}}')),
              annotations: { 'dev.cosignproject.cosign/signature': 'MEUCIQ' },
            },
            { mediaType: 'application/vnd.dsse.envelope.v1+json', ...(await pushBlob('{"payload":""}')) },
          ],
        },
      }),
  },
  {
    title: 'H-61: an ORAS artifact, the same empty blob as config and layer',
    make: async ({ pushBlob }) => {
      const empty = { mediaType: mediaTypes.ociEmpty, ...(await pushBlob('{}')) };
      return {
        schemaVersion: 2,
        mediaType: mediaTypes.ociManifest,
        artifactType: 'application/vnd.example.report',
        config: { ...empty, data: 'e30=' },
        layers: [empty],
        annotations: { 'org.opencontainers.image.created': '2024-01-01T00:00:00Z' },
      };
    },
  },
  {
    title: 'H-63: a Helm chart',
    make: async ({ pushBlob }) => ({
      schemaVersion: 2,
      config: {
        mediaType: 'application/vnd.cncf.helm.config.v1+json',
        ...(await pushBlob('{"name":"chart","version":"1.0.0"}')),
      },
      layers: [
        {
          mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
          ...(await pushBlob('a chart')),
        },
        { mediaType: 'application/vnd.cncf.helm.chart.provenance.v1.prov', ...(await pushBlob('signed')) },
      ],
    }),
  },
  {
    title: 'a withdrawn OCI artifact manifest',
    make: async ({ pushBlob }) => ({
      mediaType: mediaTypes.ociArtifact,
      artifactType: 'application/vnd.example.sbom',
      blobs: [{ mediaType: 'application/json', ...(await pushBlob('[]')) }],
    }),
  },
  {
    title: 'a withdrawn OCI artifact manifest without its blob',
    code: 'manifest_blob_unknown',
    make: async () => ({
      mediaType: mediaTypes.ociArtifact,
      artifactType: 'application/vnd.example.sbom',
      blobs: [{ mediaType: 'application/json', ...absent }],
    }),
  },
  { title: 'an empty index', make: async () => makeIndex([]) },
  {
    title: 'an index of an image',
    make: async (fixture) =>
      makeIndex([describeManifest(await pushUntagged(fixture, await fixture.makeImage()))]),
  },
  {
    title: 'an index of an index',
    make: async (fixture) => {
      const inner = makeIndex([describeManifest(await pushUntagged(fixture, await fixture.makeImage()))]);
      return makeIndex([describeManifest(await pushUntagged(fixture, inner))]);
    },
  },
  {
    title: 'an index that lists the same image twice',
    make: async (fixture) => {
      const image = await pushUntagged(fixture, await fixture.makeImage());
      return makeIndex([describeManifest(image, linux), describeManifest(image)]);
    },
  },
  {
    title: 'an index of an image that is not here',
    code: 'manifest_invalid',
    make: async ({ makeImage }) => makeIndex([describeManifest(await makeImage())]),
  },
  {
    title: 'an index that states another size',
    code: 'manifest_invalid',
    make: async (fixture) =>
      makeIndex([describeManifest(await pushUntagged(fixture, await fixture.makeImage()), { size: 1 })]),
  },
  {
    title: 'H-25: a Docker list of schema 2 images',
    make: async (fixture) => ({
      ...makeIndex([describeManifest(await pushUntagged(fixture, await makeSchema2(fixture)), linux)]),
      mediaType: mediaTypes.list,
    }),
  },
  {
    title: 'a Docker list without platforms',
    code: 'manifest_invalid',
    make: async (fixture) => ({
      ...makeIndex([describeManifest(await pushUntagged(fixture, await makeSchema2(fixture)))]),
      mediaType: mediaTypes.list,
    }),
  },
  {
    title: 'a body of another type than the header',
    code: 'manifest_invalid',
    make: async () => ({ ...makeIndex([]), mediaType: mediaTypes.list, manifests: 'none' }),
  },
];

async function pushUntagged(fixture: PushFixture, manifest: Json): Promise<Json> {
  await fixture.push(manifest, digestOf(encode(manifest)));
  return manifest;
}

eachDatabase('storeManifest', (open) => {
  test('A8.3: what is stored and what is refused', async () => {
    const fixture = await createPushFixture(await open());
    const db = fixture.services.database.read;
    const countRows = async () => (await db.selectFrom('manifests').select('id').execute()).length;
    for (const { title, code, make } of cases) {
      const manifest = await make(fixture);
      const before = await countRows();
      const pushing = fixture.push(manifest, 'v1');
      if (code === undefined) await assert.doesNotReject(pushing, title);
      else await assert.rejects(pushing, { code }, title);
      assert.equal(await countRows(), before + (code === undefined ? 1 : 0), title);
    }
  });

  test('an index may lie in an index, but not without end', async () => {
    const fixture = await createPushFixture(await open());
    let manifest = makeIndex([]);
    for (let depth = 1; depth <= deepestIndex; depth += 1) {
      await pushUntagged(fixture, manifest);
      manifest = makeIndex([describeManifest(manifest)]);
    }
    await assert.rejects(pushUntagged(fixture, manifest), { code: 'manifest_invalid' });
  });

  test('FEATURE_SPARSE_INDEX: children may be absent, and are kept by the index when they come', async () => {
    const fixture = await createPushFixture(await open(), { settings: { featureSparseIndex: true } });
    const present = await pushUntagged(fixture, await fixture.makeImage());
    const late = await fixture.makeImage();
    await fixture.push(makeIndex([describeManifest(present), describeManifest(late)]), 'v1');
    await fixture.push(makeIndex([describeManifest(present)]), 'v2');
    await pushUntagged(fixture, late);
    const children = await fixture.services.database.read
      .selectFrom('manifest_children as c')
      .innerJoin('tags as t', 't.manifest_id', 'c.manifest_id')
      .innerJoin('manifests as m', 'm.id', 'c.child_manifest_id')
      .select(['t.name', 'm.digest'])
      .execute();
    assert.deepEqual(
      new Set(children.map(({ name, digest }) => `${name} ${digest}`)),
      new Set([
        `v1 ${digestOf(encode(present))}`,
        `v1 ${digestOf(encode(late))}`,
        `v2 ${digestOf(encode(present))}`,
      ]),
    );
  });

  test('FEATURE_SPARSE_INDEX: what is missing is remembered until it comes, or until the index goes', async () => {
    const fixture = await createPushFixture(await open(), { settings: { featureSparseIndex: true } });
    const { database } = fixture.services;
    const late = await fixture.makeImage();
    const never = await fixture.makeImage();
    const sparse = makeIndex([late, late, never].map((manifest) => describeManifest(manifest)));
    for (const tag of ['v1', 'v2']) await fixture.push({ ...sparse, annotations: { tag } }, tag);
    const missing = async (): Promise<string[]> => {
      const rows = await database.read.selectFrom('manifest_missing_children').select('digest').execute();
      return rows.map(({ digest }) => digest).sort();
    };
    const [lateDigest, neverDigest] = [digestOf(encode(late)), digestOf(encode(never))];
    assert.deepEqual(await missing(), [lateDigest, lateDigest, neverDigest, neverDigest].sort());
    await pushUntagged(fixture, late);
    assert.deepEqual(await missing(), [neverDigest, neverDigest]);
    const children = await database.read.selectFrom('manifest_children').select('manifest_id').execute();
    assert.equal(children.length, 2, 'both indexes keep it');
    await database.transaction(async (db) => {
      for (const table of ['current_tags', 'tags'] as const) await db.deleteFrom(table).execute();
      await db.deleteFrom('manifests').where('media_type', '=', mediaTypes.ociIndex).execute();
    });
    assert.deepEqual(await missing(), []);
  });

  test('FEATURE_SPARSE_INDEX: a blob must be there, as nothing would keep it later', async () => {
    const fixture = await createPushFixture(await open(), { settings: { featureSparseIndex: true } });
    const blob = { mediaType: mediaTypes.ociLayerGzip, digest: digestOf(Buffer.from('absent')), size: 6 };
    await assert.rejects(fixture.push(makeIndex([blob]), 'cache'), { code: 'manifest_invalid' });
  });

  test('FEATURE_SPARSE_INDEX: indexes pushed before what they list are nested as deep as others, not deeper', async () => {
    const fixture = await createPushFixture(await open(), { settings: { featureSparseIndex: true } });
    const chain = [makeIndex([])];
    for (let depth = 1; depth <= deepestIndex; depth += 1) {
      chain.unshift(makeIndex([describeManifest(chain[0] ?? {})]));
    }
    const bottom = chain.pop() ?? {};
    for (const manifest of chain) await pushUntagged(fixture, manifest);
    await assert.rejects(pushUntagged(fixture, bottom), { code: 'manifest_invalid' });

    const other = await createPushFixture(await open(), { settings: { featureSparseIndex: true } });
    for (const manifest of [...chain.toSpliced(4, 1), bottom]) await pushUntagged(other, manifest);
    await assert.rejects(pushUntagged(other, chain[4] ?? {}), { code: 'manifest_invalid' });
  });

  test('what the rows say of a manifest', async () => {
    const fixture = await createPushFixture(await open());
    const subject = describeManifest(await fixture.makeImage());
    const image = await fixture.makeImage({ manifest: { artifactType: 'application/vnd.example', subject } });
    const { subjectDigest } = await fixture.push(image, 'v1');
    assert.equal(subjectDigest, subject.digest);
    const index = makeIndex([describeManifest(image)], { artifactType: 'application/vnd.example.set' });
    await fixture.push(index, 'all');
    const rows = await fixture.services.database.read
      .selectFrom('manifests')
      .select(['media_type', 'config_media_type', 'artifact_type', 'subject_digest', 'layers_size_bytes'])
      .orderBy('id')
      .execute();
    const [{ size } = { size: 0 }] = image.layers as { size: number }[];
    assert.deepEqual(rows, [
      {
        media_type: mediaTypes.ociManifest,
        config_media_type: mediaTypes.ociConfig,
        artifact_type: 'application/vnd.example',
        subject_digest: subject.digest,
        layers_size_bytes: size,
      },
      {
        media_type: mediaTypes.ociIndex,
        config_media_type: null,
        artifact_type: 'application/vnd.example.set',
        subject_digest: null,
        layers_size_bytes: null,
      },
    ]);
  });
});
