import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseImageConfig } from './image-config.ts';

test('the fields of an image are read', () => {
  const config = parseImageConfig(
    JSON.stringify({
      architecture: 'arm64',
      variant: 'v8',
      os: 'linux',
      created: '2026-01-02T03:04:05Z',
      config: {
        Labels: { 'quay.expires-after': '2w' },
        Entrypoint: ['/app'],
        Cmd: ['serve'],
        Env: ['A=b'],
        WorkingDir: '/srv',
        User: '1000',
      },
      rootfs: { type: 'layers', diff_ids: ['sha256:aa'] },
      history: [
        { created: '2026-01-01T00:00:00Z', created_by: 'COPY . .', comment: 'c', author: 'a' },
        { created_by: 'CMD serve', empty_layer: true },
      ],
    }),
  );
  assert.deepEqual(
    [config.architecture, config.variant, config.os, config.created],
    ['arm64', 'v8', 'linux', '2026-01-02T03:04:05Z'],
  );
  assert.deepEqual(config.labels, { 'quay.expires-after': '2w' });
  assert.deepEqual([config.entrypoint, config.command, config.environment], [['/app'], ['serve'], ['A=b']]);
  assert.deepEqual([config.workingDirectory, config.user, config.diffIds], ['/srv', '1000', ['sha256:aa']]);
  assert.equal(config.history.length, 2);
  assert.deepEqual(config.history[0], {
    created: '2026-01-01T00:00:00Z',
    createdBy: 'COPY . .',
    comment: 'c',
    author: 'a',
    emptyLayer: false,
  });
  assert.equal(config.history[1]?.emptyLayer, true);
});

const odd: readonly string[] = [
  '{}',
  '{"config": null, "history": null, "rootfs": null}',
  '{"config": {"Labels": null, "Cmd": null}, "history": [1, null]}',
  '{"config": [], "history": {}, "rootfs": {"diff_ids": [1]}, "architecture": 5}',
];

for (const text of odd) {
  test(`${text} reads as an empty configuration`, () => {
    const config = parseImageConfig(text);
    assert.deepEqual([config.labels, config.history, config.diffIds, config.command], [{}, [], [], []]);
    assert.equal(config.architecture, undefined);
  });
}

test('labels with an empty key or no string are left out, and __proto__ is only a name', () => {
  const { labels } = parseImageConfig('{"config":{"Labels":{"":"x","n":5,"a":"b","__proto__":"p"}}}');
  assert.deepEqual(Object.entries(labels), [
    ['a', 'b'],
    ['__proto__', 'p'],
  ]);
});

test('what is no object is refused', () => {
  assert.throws(() => parseImageConfig('[]'), { reason: 'config_invalid' });
  assert.throws(() => parseImageConfig('\u0000'), { reason: 'config_invalid' });
});
