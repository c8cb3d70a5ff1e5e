import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mediaTypes } from '../media-types.ts';
import { OciParseError } from '../parse-error.ts';
import { parseManifest } from './parse-manifest.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const descriptor = {
  mediaType: mediaTypes.ociManifest,
  digest,
  size: 2,
  urls: ['https://a.example'],
  annotations: { a: 'b' },
  platform: { architecture: 'amd64', os: 'linux', variant: 'v1', 'os.version': '1' },
  artifactType: 'a/b',
  data: 'e30=',
};
const common = { subject: descriptor, annotations: { a: 'b' }, artifactType: 'a/b' };
const manifests: readonly (readonly [contentType: string, body: object])[] = [
  [
    mediaTypes.ociManifest,
    {
      schemaVersion: 2,
      mediaType: mediaTypes.ociManifest,
      config: descriptor,
      layers: [descriptor],
      ...common,
    },
  ],
  [
    mediaTypes.ociIndex,
    { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [descriptor], ...common },
  ],
  [mediaTypes.ociArtifact, { mediaType: mediaTypes.ociArtifact, blobs: [descriptor], ...common }],
  [
    mediaTypes.schema2,
    { schemaVersion: 2, mediaType: mediaTypes.schema2, config: descriptor, layers: [descriptor] },
  ],
  [mediaTypes.list, { schemaVersion: 2, mediaType: mediaTypes.list, manifests: [descriptor] }],
  [
    mediaTypes.schema1Signed,
    {
      schemaVersion: 1,
      name: 'acme/app',
      tag: 'v1',
      architecture: 'amd64',
      fsLayers: [{ blobSum: digest }],
      history: [{ v1Compatibility: '{"id":"a","parent":"b"}' }],
      signatures: [{}],
    },
  ],
];

const oddValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  '',
  '\u0000',
  'constructor',
  [],
  [null],
  [[]],
  {},
  { length: 1 },
  { toString: 'x', constructor: 'y' },
];

/** Calls back with a copy of the body for every place in it, the value there replaced. */
function eachReplacement(value: unknown, odd: unknown, visit: (copy: unknown) => void): void {
  visit(odd);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    eachReplacement(inner, odd, (copy) => {
      visit(Array.isArray(value) ? [copy] : { ...value, [key]: copy });
    });
  }
}

for (const [contentType, body] of manifests) {
  test(`${contentType}: whatever value stands where, it parses or is refused with a reason`, () => {
    assert.ok(parseManifest(contentType, JSON.stringify(body)).mediaType === contentType);
    let refusals = 0;
    for (const odd of oddValues) {
      eachReplacement(body, odd, (copy) => {
        for (const header of [contentType, undefined]) {
          try {
            parseManifest(header, JSON.stringify(copy));
          } catch (error) {
            if (!(error instanceof OciParseError)) throw error;
            assert.match(error.message, /^[\x20-\x7e]{1,300}$/);
            refusals += 1;
          }
        }
      });
    }
    assert.ok(refusals > 100);
  });
}
