import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { mediaTypes } from '@wharf/oci';
import { type ClientDaemon, startClientDaemon } from '#/testing/client-daemon.ts';
import { hasManifest, readStoredImage } from '#/testing/client-image-check.ts';
import { type ClientOptions, runClient, tryClient } from '#/testing/client-process.ts';
import {
  type ClientRecorder,
  mountStatuses,
  startClientRecorder,
  uploadedBytes,
} from '#/testing/client-recorder.ts';
import { alice, bob, type ClientRegistry, startClientRegistry } from '#/testing/client-registry.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { type ImageSet, writeImageSet } from '#/testing/image-set.ts';

describe('containerd', needsPrograms('containerd', 'ctr', 'tar'), () => {
  let registry: ClientRegistry;
  let recorder: ClientRecorder;
  let daemon: ClientDaemon;
  let images: ImageSet;
  let host: string;
  const asAlice = `${alice.username}:${alice.password}`;
  const asBob = `${bob.username}:${bob.password}`;
  before(async () => {
    registry = await startClientRegistry();
    recorder = await startClientRecorder(registry.server.port);
    images = await writeImageSet(registry.directory);
    host = registry.server.host;
    await writeFile(
      path('config.toml'),
      [
        'version = 2',
        `root = "${path('root')}"`,
        `state = "${path('state')}"`,
        'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
        '[grpc]',
        `address = "${path('socket')}"`,
        '[ttrpc]',
        `address = "${path('socket.ttrpc')}"`,
      ].join('\n'),
    );
    [daemon] = await Promise.all([
      startClientDaemon('containerd', ['-c', path('config.toml')], {
        socket: path('socket'),
        log: path('log'),
      }),
      runClient('tar', ['-C', images.layout.directory, '-cf', path('layout.tar'), '.']),
      registry.wharf(['repo', 'create', 'alice/public', '--visibility', 'public']),
    ]);
    await ctr(
      'images',
      'import',
      '--all-platforms',
      '--no-unpack',
      '--base-name',
      'local',
      path('layout.tar'),
    );
  });
  after(async () => {
    await daemon?.stop();
    await recorder.close();
    await registry.dispose();
  });

  const path = (name: string): string => join(registry.directory, name);
  const options = (): ClientOptions => ({ env: { HOME: registry.directory } });
  const as = (words: readonly string[]): string[] => ['-a', path('socket'), ...words];
  const ctr = (...words: string[]): Promise<string> => runClient('ctr', as(words), options());
  const tryCtr = (...words: string[]) => tryClient('ctr', as(words), options());
  const push = (user: string, to: string, local: string, ...words: string[]): Promise<string> =>
    ctr('images', 'push', '--plain-http', '-u', user, ...words, to, local);
  const pullWords = ['images', 'pull', '--plain-http', '--snapshotter', 'native'];
  const pulledDigest = async (name: string): Promise<string> => {
    const line = (await ctr('images', 'ls')).split('\n').find((text) => text.startsWith(`${name} `));
    return /sha256:[0-9a-f]{64}/.exec(line ?? '')?.[0] ?? `no ${name}`;
  };

  test('an image goes in and comes out byte for byte', async () => {
    await push(asAlice, `${host}/alice/app:1`, 'local:app');
    const stored = await readStoredImage(registry.server, alice, 'alice/app', '1');
    assert.equal(stored.digest, images.images.app.digest);
    await ctr(...pullWords, '-u', asAlice, `${host}/alice/app:1`);
    assert.equal(await pulledDigest(`${host}/alice/app:1`), images.images.app.digest);
  });

  test('a second push of the same image finds everything there', async () => {
    await push(asAlice, `${host}/alice/app:1`, 'local:app');
    await push(asAlice, `${host}/alice/other:1`, 'local:app');
    const stored = await readStoredImage(registry.server, alice, 'alice/other', '1');
    assert.equal(stored.digest, images.images.app.digest);
  });

  test('what came from one repository is mounted into another', async () => {
    const name = `${recorder.host}/alice/app:1`;
    await ctr(...pullWords, '-u', asAlice, name);
    recorder.take();
    await push(asAlice, `${recorder.host}/alice/mounted:1`, name);
    const records = recorder.take();
    assert.ok(mountStatuses(records).length >= 2);
    assert.deepEqual(new Set(mountStatuses(records)), new Set([201]));
    assert.equal(uploadedBytes(records), 0);
    const stored = await readStoredImage(registry.server, alice, 'alice/mounted', '1');
    assert.equal(stored.digest, images.images.app.digest);
  });

  test('every platform of an index', async () => {
    await push(asAlice, `${host}/alice/multi:1`, 'local:index');
    const stored = await readStoredImage(registry.server, alice, 'alice/multi', '1');
    assert.equal(stored.mediaType, mediaTypes.ociIndex);
    assert.equal(stored.digest, images.images.index.digest);
    await ctr(...pullWords, '-u', asAlice, '--all-platforms', `${host}/alice/multi:1`);
    assert.equal(await pulledDigest(`${host}/alice/multi:1`), images.images.index.digest);
  });

  for (const tag of ['zstd', 'estargz'] as const) {
    test(`layers of ${tag}`, async () => {
      await push(asAlice, `${host}/alice/layers:${tag}`, `local:${tag}`);
      await ctr(...pullWords, '-u', asAlice, `${host}/alice/layers:${tag}`);
      assert.equal(await pulledDigest(`${host}/alice/layers:${tag}`), images.images[tag].digest);
    });
  }

  test('a wrong password, a user without permission, and nobody', async () => {
    await push(asAlice, `${host}/alice/public:1`, 'local:app');
    await ctr(...pullWords, `${host}/alice/public:1`);
    for (const words of [
      [...pullWords, `${host}/alice/app:1`],
      [...pullWords, '-u', asBob, `${host}/alice/app:1`],
      ['images', 'push', '--plain-http', '-u', asBob, `${host}/alice/app:bob`, 'local:app'],
      [...pullWords, '-u', `${alice.username}:not-it`, `${host}/alice/app:1`],
    ]) {
      const refused = await tryCtr(...words);
      assert.notEqual(refused.code, 0, words.join(' '));
      assert.match(refused.output, /unauthorized|authorization|denied|401/i);
    }
    assert.equal(await hasManifest(registry.server, bob, 'alice/public', '1'), true);
  });
});
