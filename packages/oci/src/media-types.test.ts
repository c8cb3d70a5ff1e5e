import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  findContentType,
  findManifestKind,
  isForeignLayerType,
  isGzipType,
  isImageConfigType,
  isMediaType,
  isZstdType,
  manifestMediaType,
  manifestMediaTypes,
  mediaTypes,
} from './media-types.ts';

test('every manifest type has a kind that leads back to it', () => {
  assert.equal(manifestMediaTypes.length, 7);
  for (const type of manifestMediaTypes) {
    const kind = findManifestKind(type);
    assert.ok(kind !== undefined);
    assert.equal(manifestMediaType(kind), type);
  }
  assert.equal(findManifestKind(mediaTypes.json), undefined);
  assert.equal(findManifestKind('constructor'), undefined);
});

const headers: readonly (readonly [header: string | undefined, type: string | undefined])[] = [
  [undefined, undefined],
  ['', undefined],
  ['application/json', 'application/json'],
  ['Application/VND.OCI.image.Index.v1+JSON; charset=utf-8', mediaTypes.ociIndex],
  [' application/json ;', 'application/json'],
  ['application', undefined],
  ['application/', undefined],
  ['application/json, text/plain', undefined],
  ['a/b/c', undefined],
];

for (const [header, type] of headers) {
  test(`Content-Type ${JSON.stringify(header)} is ${type}`, () =>
    assert.equal(findContentType(header), type));
}

test('media types follow RFC 6838', () => {
  assert.ok(isMediaType('application/vnd.cncf.helm.chart.content.v1.tar+gzip'));
  assert.ok(isMediaType(`a/${'b'.repeat(127)}`));
  assert.ok(!isMediaType(`a/${'b'.repeat(128)}`));
  for (const text of ['', 'a', 'a/', '/a', 'a b/c', 'a/b;c=d', 'a/b\n', '*/*', '.a/b']) {
    assert.ok(!isMediaType(text), JSON.stringify(text));
  }
});

const layers = [
  { type: mediaTypes.dockerLayer, foreign: false, gzip: true, zstd: false },
  { type: mediaTypes.dockerForeignLayer, foreign: true, gzip: true, zstd: false },
  { type: mediaTypes.ociLayer, foreign: false, gzip: false, zstd: false },
  { type: mediaTypes.ociLayerGzip, foreign: false, gzip: true, zstd: false },
  { type: mediaTypes.ociLayerZstd, foreign: false, gzip: false, zstd: true },
  {
    type: 'application/vnd.oci.image.layer.nondistributable.v1.tar',
    foreign: true,
    gzip: false,
    zstd: false,
  },
  {
    type: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
    foreign: true,
    gzip: true,
    zstd: false,
  },
  {
    type: 'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd',
    foreign: true,
    gzip: false,
    zstd: true,
  },
  {
    type: 'application/vnd.oci.image.layer.nondistributable.v1.tarball',
    foreign: false,
    gzip: false,
    zstd: false,
  },
];

for (const { type, foreign, gzip, zstd } of layers) {
  test(`layer ${type}`, () => {
    assert.deepEqual([isForeignLayerType(type), isGzipType(type), isZstdType(type)], [foreign, gzip, zstd]);
  });
}

test('only the two image configurations are read as such', () => {
  assert.ok(isImageConfigType(mediaTypes.ociConfig) && isImageConfigType(mediaTypes.dockerConfig));
  assert.ok(!isImageConfigType(mediaTypes.ociEmpty));
});
