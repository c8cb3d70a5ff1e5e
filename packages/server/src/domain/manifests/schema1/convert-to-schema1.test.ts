import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import {
  emptyLayerDigest,
  type ImageManifest,
  mediaTypes,
  parseImageConfig,
  parseManifest,
} from '@wharf/oci';
import { convertToSchema1, isConvertibleToSchema1 } from './convert-to-schema1.ts';
import { formatSchema1 } from './schema1-content.ts';

const base = `sha256:${'a'.repeat(64)}`;
const top = `sha256:${'b'.repeat(64)}`;

function image(layerType: string, change: object = {}): ImageManifest {
  const body = {
    schemaVersion: 2,
    config: { mediaType: mediaTypes.ociConfig, digest: `sha256:${'c'.repeat(64)}`, size: 5 },
    layers: [
      { mediaType: layerType, digest: base, size: 100 },
      { mediaType: layerType, digest: top, size: 200 },
    ],
    ...change,
  };
  const parsed = parseManifest(mediaTypes.ociManifest, JSON.stringify(body));
  assert.ok(parsed.kind === 'oci-manifest');
  return parsed;
}

const history = [
  { created: '2026-01-01T00:00:00Z', created_by: 'ADD one' },
  { created: '2026-01-01T00:00:01Z', created_by: 'ENV A=b', empty_layer: true },
  { created: '2026-01-02T00:00:00Z', created_by: 'ADD two', comment: 'last', author: 'ann' },
];
const fullConfig = {
  architecture: 'arm64',
  os: 'linux',
  created: '2026-01-03T00:00:00Z',
  config: { Cmd: ['/two'] },
  rootfs: { type: 'layers', diff_ids: [] },
  history,
};

function convert(manifest: ImageManifest, config: unknown) {
  return convertToSchema1({
    manifest,
    config: parseImageConfig(JSON.stringify(config)),
    name: 'acme/app',
    tag: 'v1',
  });
}

function hash(...steps: string[]): string {
  return createHash('sha256').update(steps.join('')).digest('hex');
}

test('an image becomes one layer per step of its history, leaf first', () => {
  const content = convert(image(mediaTypes.ociLayerGzip), fullConfig);
  assert.ok(content !== undefined);
  assert.deepEqual([content.name, content.tag, content.architecture], ['acme/app', 'v1', 'arm64']);
  assert.deepEqual(
    content.layers.map(({ digest }) => digest),
    [top, emptyLayerDigest, base],
  );
  const steps = [
    `${JSON.stringify(history[0])}|0|${base}||`,
    `${JSON.stringify(history[1])}|1|${emptyLayerDigest}||`,
    `${JSON.stringify(history[2])}|2|${top}||`,
  ];
  const ids = steps.map((_, index) => hash(...steps.slice(0, index + 1)));
  const v1 = content.layers.map(({ v1Compatibility }): unknown => JSON.parse(v1Compatibility)).reverse();
  assert.deepEqual(v1, [
    { id: ids[0], created: '2026-01-01T00:00:00Z', container_config: { Cmd: ['ADD one'] }, Size: 100 },
    {
      id: ids[1],
      parent: ids[0],
      created: '2026-01-01T00:00:01Z',
      container_config: { Cmd: ['ENV A=b'] },
      throwaway: true,
      Size: 32,
    },
    {
      architecture: 'arm64',
      os: 'linux',
      created: '2026-01-03T00:00:00Z',
      config: { Cmd: ['/two'] },
      id: ids[2],
      parent: ids[1],
      author: 'ann',
      comment: 'last',
      container_config: { Cmd: ['ADD two'] },
      Size: 200,
    },
  ]);
  assert.equal(parseManifest(mediaTypes.schema1, formatSchema1(content)).kind, 'schema1');
});

test('ids written by an old Docker into the configuration give way to the computed ones', () => {
  const content = convert(image(mediaTypes.ociLayer), { ...fullConfig, id: 'old', parent: 'older' });
  assert.doesNotMatch(content?.layers[0]?.v1Compatibility ?? 'old', /old/);
});

test('without a history each layer is a step of its own', () => {
  const content = convert(image(mediaTypes.ociLayerGzip), { created: '2026-01-03T00:00:00Z' });
  assert.deepEqual(
    content?.layers.map(({ digest }) => digest),
    [top, base],
  );
  assert.equal(content?.architecture, 'amd64');
  assert.match(content?.layers[1]?.v1Compatibility ?? '', /"created":"2026-01-03T00:00:00Z"/);
});

const unconvertible: readonly (readonly [title: string, manifest: ImageManifest, config: unknown])[] = [
  ['a history that explains too few layers', image(mediaTypes.ociLayer), { history: history.slice(1) }],
  ['a history that explains too many layers', image(mediaTypes.ociLayer), { history: [...history, {}] }],
];

for (const [title, manifest, config] of unconvertible) {
  test(`not converted: ${title}`, () => assert.equal(convert(manifest, config), undefined));
}

const ineligible: readonly (readonly [title: string, manifest: ImageManifest])[] = [
  ['a foreign layer', image('application/vnd.oci.image.layer.nondistributable.v1.tar')],
  ['an attestation', image('application/vnd.in-toto+json')],
  ['no layers', image(mediaTypes.ociLayer, { layers: [] })],
  [
    'no image',
    image(mediaTypes.ociLayer, { config: { mediaType: mediaTypes.ociEmpty, digest: base, size: 100 } }),
  ],
];

for (const [title, manifest] of ineligible) {
  test(`not converted: ${title}`, () => {
    assert.equal(isConvertibleToSchema1(manifest), false);
    assert.equal(convert(manifest, fullConfig), undefined);
  });
}
