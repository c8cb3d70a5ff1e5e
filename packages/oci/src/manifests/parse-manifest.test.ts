import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyJsonDigest } from '../digest.ts';
import { mediaTypes } from '../media-types.ts';
import { isAcceptableManifestType } from './detect-kind.ts';
import { parseManifest } from './parse-manifest.ts';

const digestA = `sha256:${'a'.repeat(64)}`;
const digestB = `sha512:${'b'.repeat(128)}`;
const digestC = `sha256:${'c'.repeat(64)}`;

const config = { mediaType: mediaTypes.ociConfig, digest: digestA, size: 10 };
const layer = { mediaType: mediaTypes.ociLayerGzip, digest: digestB, size: 20 };
const image = { schemaVersion: 2, mediaType: mediaTypes.ociManifest, config, layers: [layer] };
const schema2 = {
  schemaVersion: 2,
  mediaType: mediaTypes.schema2,
  config: { ...config, mediaType: mediaTypes.dockerConfig },
  layers: [{ ...layer, mediaType: mediaTypes.dockerLayer }],
};
const foreign = {
  mediaType: mediaTypes.dockerForeignLayer,
  digest: digestC,
  size: 30,
  urls: ['https://a.example/x'],
};
const child = {
  mediaType: mediaTypes.schema2,
  digest: digestA,
  size: 10,
  platform: { architecture: 'amd64', os: 'linux' },
};
const list = { schemaVersion: 2, mediaType: mediaTypes.list, manifests: [child] };
const index = {
  schemaVersion: 2,
  mediaType: mediaTypes.ociIndex,
  manifests: [{ ...child, mediaType: mediaTypes.ociManifest }],
};
const artifact = { mediaType: mediaTypes.ociArtifact, artifactType: 'application/x.sbom', blobs: [layer] };
const schema1 = {
  schemaVersion: 1,
  name: 'acme/app',
  tag: 'latest',
  architecture: 'amd64',
  fsLayers: [{ blobSum: digestC }, { blobSum: digestA }, { blobSum: digestA }],
  history: [
    { v1Compatibility: '{"id":"top","parent":"mid"}' },
    { v1Compatibility: '{"id":"mid","parent":"base"}' },
    { v1Compatibility: '{"id":"base"}' },
  ],
};

function parse(contentType: string | undefined, body: unknown) {
  return parseManifest(contentType, JSON.stringify(body));
}

test('an OCI image', () => {
  const parsed = parse(`${mediaTypes.ociManifest}; charset=utf-8`, { ...image, annotations: { a: 'b' } });
  assert.ok(parsed.kind === 'oci-manifest');
  assert.equal(parsed.mediaType, mediaTypes.ociManifest);
  assert.equal(parsed.config.digest, digestA);
  assert.deepEqual(parsed.requiredBlobs, [
    { digest: digestA, sizeBytes: 10 },
    { digest: digestB, sizeBytes: 20 },
  ]);
  assert.equal(parsed.layersSizeBytes, 20);
  assert.equal(parsed.artifactType, mediaTypes.ociConfig);
  assert.deepEqual(parsed.annotations, { a: 'b' });
  assert.equal(parsed.subject, undefined);
});

test('an OCI artifact with a subject; the empty blob may be config and layer', () => {
  const empty = { mediaType: mediaTypes.ociEmpty, digest: emptyJsonDigest, size: 2, data: 'e30=' };
  const subject = { mediaType: mediaTypes.ociManifest, digest: digestC, size: 5 };
  const parsed = parse(mediaTypes.ociManifest, {
    ...image,
    config: empty,
    layers: [empty],
    subject,
    artifactType: 'application/x.test',
  });
  assert.deepEqual(parsed.requiredBlobs, [{ digest: emptyJsonDigest, sizeBytes: 2 }]);
  assert.equal(parsed.config?.dataField, 'e30=');
  assert.equal(parsed.subject?.digest, digestC);
  assert.equal(parsed.artifactType, 'application/x.test');
});

test('Docker schema 2 with a foreign layer, which need not be here', () => {
  const parsed = parse(mediaTypes.schema2, { ...schema2, layers: [...schema2.layers, foreign] });
  assert.ok(parsed.kind === 'schema2');
  assert.deepEqual(
    parsed.requiredBlobs.map(({ digest }) => digest),
    [digestA, digestB],
  );
  assert.equal(parsed.layersSizeBytes, 50);
  assert.equal(parsed.artifactType, undefined);
});

test('lists and indexes name their children', () => {
  const docker = parse(mediaTypes.list, list);
  assert.deepEqual(
    [docker.kind, docker.children[0]?.kind, docker.children[0]?.platform?.os],
    ['list', 'schema2', 'linux'],
  );
  const cache = { ...layer, annotations: { x: 'y' } };
  const oci = parse(mediaTypes.ociIndex, {
    ...index,
    manifests: [...index.manifests, cache],
    artifactType: '',
  });
  assert.deepEqual(
    oci.children.map(({ kind }) => kind),
    ['oci-manifest', undefined],
  );
  assert.deepEqual([oci.requiredBlobs, oci.layersSizeBytes, oci.artifactType], [[], undefined, undefined]);
});

test('the withdrawn artifact manifest', () => {
  const parsed = parse(mediaTypes.ociArtifact, artifact);
  assert.deepEqual(
    [parsed.kind, parsed.artifactType, parsed.layersSizeBytes],
    ['oci-artifact', 'application/x.sbom', 20],
  );
  assert.deepEqual(
    parsed.requiredBlobs.map(({ digest }) => digest),
    [digestB],
  );
  assert.deepEqual(parse(mediaTypes.ociArtifact, { ...artifact, blobs: undefined }).layers, []);
});

test('schema 1 keeps its order, leaf first, and needs each blob once', () => {
  const parsed = parse(mediaTypes.schema1, schema1);
  assert.ok(parsed.kind === 'schema1');
  assert.deepEqual(
    parsed.schema1Layers.map(({ id, parent }) => [id, parent]),
    [
      ['top', 'mid'],
      ['mid', 'base'],
      ['base', undefined],
    ],
  );
  assert.deepEqual(parsed.requiredBlobs, [
    { digest: digestC, sizeBytes: undefined },
    { digest: digestA, sizeBytes: undefined },
  ]);
  assert.deepEqual([parsed.name, parsed.tag, parsed.architecture], ['acme/app', 'latest', 'amd64']);
});

const signed = { ...schema1, signatures: [{}] };
const { mediaType: _image, ...unnamedImage } = image;
const { mediaType: _index, ...unnamedIndex } = index;

const detected: readonly (readonly [contentType: string | undefined, body: unknown, kind: string])[] = [
  [undefined, schema1, 'schema1'],
  [undefined, signed, 'schema1-signed'],
  ['application/json', signed, 'schema1-signed'],
  ['application/json', schema2, 'schema2'],
  ['application/json; charset=utf-8', list, 'list'],
  ['', image, 'oci-manifest'],
  [undefined, index, 'oci-index'],
  [undefined, artifact, 'oci-artifact'],
  [undefined, unnamedImage, 'oci-manifest'],
  [undefined, unnamedIndex, 'oci-index'],
  [mediaTypes.ociManifest, unnamedImage, 'oci-manifest'],
  [mediaTypes.schema1, signed, 'schema1-signed'],
  [mediaTypes.schema1Signed, signed, 'schema1-signed'],
];

for (const [contentType, body, kind] of detected) {
  test(`${contentType ?? 'no Content-Type'} and its body make ${kind}`, () => {
    assert.equal(parse(contentType, body).kind, kind);
  });
}

const unsupported = ['text/plain', 'application/octet-stream', 'nonsense', mediaTypes.ociConfig];

for (const contentType of unsupported) {
  test(`${contentType} is no manifest's type`, () => {
    assert.throws(() => parse(contentType, image), { reason: 'manifest_type_unsupported' });
    assert.equal(isAcceptableManifestType(contentType), false);
  });
}

test('the header alone tells what may go on', () => {
  for (const contentType of [
    undefined,
    '',
    'application/json',
    mediaTypes.ociIndex,
    `${mediaTypes.list};a=b`,
  ]) {
    assert.equal(isAcceptableManifestType(contentType), true, contentType);
  }
});

function withLayer(change: object) {
  return { ...image, layers: [{ ...layer, ...change }] };
}

const { ociManifest, ociIndex } = mediaTypes;
const refused: readonly (readonly [title: string, contentType: string, body: unknown, message: RegExp])[] = [
  [
    'the type of the body is another',
    ociManifest,
    { ...image, mediaType: mediaTypes.schema2 },
    /contradicts/,
  ],
  ['the type of the body is unknown', ociManifest, { ...image, mediaType: 'application/x' }, /contradicts/],
  ['the type of the body is no string', ociManifest, { ...image, mediaType: 5 }, /contradicts/],
  ['an index sent as an image', ociManifest, unnamedIndex, /config: an object is required|layers: an array/],
  [
    'an image with manifests',
    ociManifest,
    { ...image, manifests: [] },
    /must not have both layers and manifests/,
  ],
  ['an index with layers', ociIndex, { ...index, layers: [] }, /must not have both/],
  ['an index with a config', ociIndex, { ...index, config }, /must not have both/],
  ['schema 1 with manifests', mediaTypes.schema1, { ...schema1, manifests: [] }, /must not have both/],
  ['a key in another case', ociManifest, { ...image, Layers: [] }, /layers: is spelt/],
  ['no schema version', ociManifest, { ...image, schemaVersion: undefined }, /schemaVersion: must be 2/],
  ['a wrong schema version', ociManifest, { ...image, schemaVersion: '2' }, /schemaVersion: must be 2/],
  ['schema 1 that says 2', mediaTypes.schema1, { ...schema1, schemaVersion: 2 }, /schemaVersion: must be 1/],
  [
    'schema 2 without its type',
    mediaTypes.schema2,
    { ...schema2, mediaType: undefined },
    /mediaType: must be/,
  ],
  ['a list without its type', mediaTypes.list, { ...list, mediaType: '' }, /mediaType: must be/],
  ['no config', ociManifest, { ...image, config: undefined }, /config: an object is required/],
  ['no layers', ociManifest, { ...image, layers: null }, /layers: an array is required/],
  ['too many layers', ociManifest, { ...image, layers: Array(10_001).fill({}) }, /at most 10000/],
  ['a layer that is no object', ociManifest, { ...image, layers: ['x'] }, /layers\[0\]: must be an object/],
  [
    'a malformed digest',
    ociManifest,
    withLayer({ digest: 'sha256:abc' }),
    /layers\[0\]\.digest: A sha256 digest/,
  ],
  [
    'another algorithm',
    ociManifest,
    withLayer({ digest: `md5:${'a'.repeat(32)}` }),
    /Only sha256 and sha512/,
  ],
  [
    'an inherited digest',
    ociManifest,
    withLayer({ digest: undefined }),
    /layers\[0\]\.digest: a string is required/,
  ],
  ['a negative size', ociManifest, withLayer({ size: -1 }), /layers\[0\]\.size/],
  ['a fractional size', ociManifest, withLayer({ size: 1.5 }), /layers\[0\]\.size/],
  ['an unsafe size', ociManifest, withLayer({ size: 2 ** 53 }), /layers\[0\]\.size/],
  ['a size in a string', ociManifest, withLayer({ size: '5' }), /layers\[0\]\.size/],
  [
    'sizes beyond counting',
    ociManifest,
    { ...image, layers: [layer, { ...layer, digest: digestC, size: Number.MAX_SAFE_INTEGER }] },
    /add up/,
  ],
  [
    'two sizes of one blob',
    ociManifest,
    { ...image, layers: [layer, { ...layer, size: 21 }] },
    /two different sizes/,
  ],
  ['a malformed layer type', ociManifest, withLayer({ mediaType: 'tar' }), /layers\[0\]\.mediaType/],
  ['a URL that is no string', ociManifest, withLayer({ urls: [5] }), /layers\[0\]\.urls\[0\]/],
  ['data of another length', ociManifest, withLayer({ data: 'e30=', size: 3 }), /layers\[0\]\.data/],
  ['data that is no base64', ociManifest, withLayer({ data: '****', size: 3 }), /layers\[0\]\.data/],
  [
    'an annotation that is no string',
    ociManifest,
    { ...image, annotations: { a: 5 } },
    /annotations: every value/,
  ],
  [
    'a malformed artifact type',
    ociManifest,
    { ...image, artifactType: 'x' },
    /artifactType: must be a media type/,
  ],
  ['a malformed subject', ociManifest, { ...image, subject: { digest: digestA } }, /subject\.size/],
  [
    'a foreign Docker layer without URL',
    mediaTypes.schema2,
    { ...schema2, layers: [{ ...foreign, urls: [] }] },
    /layers\[0\]\.urls/,
  ],
  [
    'a list whose child has no platform',
    mediaTypes.list,
    { ...list, manifests: [{ ...child, platform: undefined }] },
    /platform\.architecture/,
  ],
  [
    'a list whose child is no manifest',
    mediaTypes.list,
    { ...list, manifests: [{ ...child, mediaType: 'a/b' }] },
    /manifests\[0\]\.mediaType/,
  ],
  [
    'an artifact without a type',
    mediaTypes.ociArtifact,
    { ...artifact, artifactType: undefined },
    /artifactType: is required/,
  ],
  [
    'schema 1 without layers',
    mediaTypes.schema1,
    { ...schema1, fsLayers: [], history: [] },
    /at least one layer/,
  ],
  ['schema 1 with too little history', mediaTypes.schema1, { ...schema1, history: [] }, /as many entries/],
  ['schema 1 with a bad tag', mediaTypes.schema1, { ...schema1, tag: '../x' }, /tag: must be a valid tag/],
  [
    'schema 1 without a name',
    mediaTypes.schema1,
    { ...schema1, name: undefined },
    /name: a string is required/,
  ],
  [
    'history that is no JSON',
    mediaTypes.schema1,
    { ...schema1, history: Array(3).fill({ v1Compatibility: '{' }) },
    /not valid JSON/,
  ],
  [
    'history without an id',
    mediaTypes.schema1,
    { ...schema1, history: Array(3).fill({ v1Compatibility: '{}' }) },
    /\.id: a string is required/,
  ],
  ['signed without signatures', mediaTypes.schema1Signed, schema1, /must carry a signature/],
];

for (const [title, contentType, body, message] of refused) {
  test(`refused: ${title}`, () => {
    assert.throws(() => parse(contentType, body), { reason: 'manifest_invalid', message });
  });
}

test('unknown fields and a __proto__ key change nothing', () => {
  const text = JSON.stringify({ ...image, custom: { deep: [1] } }).replace(
    '{',
    '{"__proto__":{"manifests":[]},',
  );
  const parsed = parseManifest(
    ociManifest,
    text.replace('"size":20', '"size":20,"__proto__":{"urls":["x"]}'),
  );
  assert.deepEqual(parsed.layers[0]?.urls, []);
  assert.deepEqual(parsed.requiredBlobs.length, 2);
});

test('an annotation named __proto__ is kept as a name', () => {
  const text = JSON.stringify({ ...image, annotations: { x: 'y' } }).replace('"x"', '"__proto__"');
  assert.deepEqual(Object.entries(parseManifest(ociManifest, text).annotations), [['__proto__', 'y']]);
});

test('390 annotations of 10,000 characters pass', () => {
  const annotations = Object.fromEntries(
    Array.from({ length: 390 }, (_, i) => [`key${i}`, 'v'.repeat(10_000)]),
  );
  const bytes = new TextEncoder().encode(JSON.stringify({ ...image, annotations }));
  assert.ok(bytes.length > 3_900_000);
  assert.equal(Object.keys(parseManifest(ociManifest, bytes).annotations).length, 390);
});

test('a non-distributable OCI layer needs no URL and no blob', () => {
  const type = 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip';
  const parsed = parse(ociManifest, withLayer({ mediaType: type }));
  assert.deepEqual(
    parsed.requiredBlobs.map(({ digest }) => digest),
    [digestA],
  );
});
