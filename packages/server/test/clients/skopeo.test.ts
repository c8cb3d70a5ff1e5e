import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { mediaTypes } from '@wharf/oci';
import { digestOf } from '#/testing/bytes.ts';
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
import { type ImageSet, type ImageTag, writeImageSet } from '#/testing/image-set.ts';

describe('skopeo', needsPrograms('skopeo'), () => {
  let registry: ClientRegistry;
  let recorder: ClientRecorder;
  let images: ImageSet;
  let host: string;
  before(async () => {
    // Pages of two, so that a list of three tags is followed over a link.
    registry = await startClientRegistry({ configuration: { V2_PAGINATION_SIZE: 2 } });
    recorder = await startClientRecorder(registry.server.port);
    images = await writeImageSet(registry.directory);
    host = registry.server.host;
    await Promise.all([
      login(alice.username, alice.password),
      registry.wharf(['org', 'create', 'library', '--owner', alice.username]),
      registry.wharf(['repo', 'create', 'alice/public', '--visibility', 'public']),
    ]);
  });
  after(async () => {
    await recorder.close();
    await registry.dispose();
  });

  const options = (name = 'alice'): ClientOptions => ({
    env: { HOME: registry.directory, TMPDIR: registry.directory, REGISTRY_AUTH_FILE: authFile(name) },
  });
  const authFile = (name: string): string => join(registry.directory, `${name}.json`);
  const login = (username: string, password: string, file = username, at = host): Promise<string> =>
    runClient('skopeo', ['login', '--tls-verify=false', '-u', username, '--password-stdin', at], {
      ...options(file),
      input: password,
    });
  const copyWords = ['copy', '--src-tls-verify=false', '--dest-tls-verify=false'];
  const push = (tag: ImageTag, to: string, ...words: string[]): Promise<string> =>
    runClient('skopeo', [...copyWords, ...words, images.source(tag), `docker://${host}/${to}`], options());
  /** Copies an image from the registry into a folder and returns the bytes of its manifest, after a check of every blob. */
  const pull = async (from: string, file = 'alice', ...words: string[]): Promise<Buffer> => {
    const folder = join(registry.directory, `pulled-${from.replaceAll(/[/:@]/g, '-')}`);
    await runClient(
      'skopeo',
      [...copyWords, ...words, '--preserve-digests', `docker://${host}/${from}`, `dir:${folder}`],
      options(file),
    );
    const manifest = await readFile(join(folder, 'manifest.json'));
    const named = JSON.parse(manifest.toString('utf8')) as {
      config: { digest: string };
      layers: { digest: string }[];
    };
    for (const { digest } of [named.config, ...(named.layers ?? [])]) {
      assert.equal(digestOf(await readFile(join(folder, digest.slice('sha256:'.length)))), digest);
    }
    return manifest;
  };

  test('a wrong password is refused at the login', async () => {
    const refused = await tryClient(
      'skopeo',
      ['login', '--tls-verify=false', '-u', bob.username, '--password-stdin', host],
      { ...options('wrong'), input: 'not it' },
    );
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, /invalid username\/password/);
  });

  test('an image goes in and comes out byte for byte', async () => {
    await push('app', 'alice/app:1', '--preserve-digests');
    const expected = images.images.app.digest;
    const stored = await readStoredImage(registry.server, alice, 'alice/app', '1');
    assert.equal(stored.digest, expected);
    assert.equal(digestOf(await pull('alice/app:1')), expected);
    assert.equal(digestOf(await pull(`alice/app@${expected}`)), expected);
  });

  test('inspect tells the digest and the label', async () => {
    const words = ['inspect', '--tls-verify=false', `docker://${host}/alice/app:1`];
    const shown = JSON.parse(await runClient('skopeo', words, options())) as {
      Digest: string;
      Labels: Record<string, string>;
    };
    assert.equal(shown.Digest, images.images.app.digest);
    assert.deepEqual(shown.Labels, { maintainer: 'tests' });
  });

  test('every platform of an index', async () => {
    await push('index', 'alice/multi:1', '--all', '--preserve-digests');
    const stored = await readStoredImage(registry.server, alice, 'alice/multi', '1');
    assert.equal(stored.digest, images.images.index.digest);
    assert.equal(stored.mediaType, mediaTypes.ociIndex);
    const folder = join(registry.directory, 'pulled-index');
    await runClient(
      'skopeo',
      [...copyWords, '--all', '--preserve-digests', `docker://${host}/alice/multi:1`, `dir:${folder}`],
      options(),
    );
    assert.equal(digestOf(await readFile(join(folder, 'manifest.json'))), stored.digest);
  });

  for (const tag of ['zstd', 'estargz'] as const) {
    test(`layers of ${tag} keep their bytes`, async () => {
      await push(tag, `alice/layers:${tag}`, '--preserve-digests');
      assert.equal(digestOf(await pull(`alice/layers:${tag}`)), images.images[tag].digest);
    });
  }

  for (const [format, mediaType] of [
    ['v2s2', mediaTypes.schema2],
    ['v2s1', mediaTypes.schema1Signed],
    ['oci', mediaTypes.ociManifest],
  ] as const) {
    test(`the format ${format} is stored and pulled again`, async () => {
      await push('app', `alice/formats:${format}`, '--format', format);
      const stored = await readStoredImage(registry.server, alice, 'alice/formats', format);
      assert.equal(stored.mediaType, mediaType);
      const layout = `oci:${join(registry.directory, `from-${format}`)}:pulled`;
      await runClient(
        'skopeo',
        [...copyWords, `docker://${host}/alice/formats:${format}`, layout],
        options(),
      );
      const inspected = await runClient('skopeo', ['inspect', layout], options());
      const { Layers } = JSON.parse(inspected) as { Layers: string[] };
      assert.ok(Layers.length >= 2, inspected);
      assert.ok(Layers.every((layer) => stored.blobs.includes(layer)));
    });
  }

  test('a list of tags of more than one page', async () => {
    for (const [index, tag] of ['1', '2', '3'].entries()) {
      await push(index === 0 ? 'app' : 'zstd', `alice/listed:${tag}`);
    }
    const words = ['list-tags', '--tls-verify=false', `docker://${host}/alice/listed`];
    const { Tags } = JSON.parse(await runClient('skopeo', words, options())) as { Tags: string[] };
    assert.deepEqual(Tags, ['1', '2', '3']);
  });

  test('a copy between repositories mounts the layers', async () => {
    await login(alice.username, alice.password, 'alice', recorder.host);
    const copy = (from: string, to: string): Promise<string> =>
      runClient('skopeo', [...copyWords, '--preserve-digests', from, to], options());
    const [first, second] = ['alice/mount-one:1', 'alice/mounted:1'].map(
      (name) => `docker://${recorder.host}/${name}`,
    );
    // The client remembers where it has pushed a layer, and only then asks for a mount.
    await copy(images.source('app'), first ?? '');
    recorder.take();
    await copy(first ?? '', second ?? '');
    const records = recorder.take();
    const manifest = JSON.parse(images.layout.blob(images.images.app.digest).toString('utf8'));
    assert.deepEqual(mountStatuses(records), [201, 201]);
    assert.equal(uploadedBytes(records), manifest.config.size, 'no bytes but those of the configuration');
    const stored = await readStoredImage(registry.server, alice, 'alice/mounted', '1');
    assert.equal(stored.digest, images.images.app.digest);
  });

  test('a deleted image is gone', async () => {
    await push('app', 'alice/deleted:1');
    const name = `docker://${host}/alice/deleted:1`;
    await runClient('skopeo', ['delete', '--tls-verify=false', name], options());
    assert.equal(await hasManifest(registry.server, alice, 'alice/deleted', '1'), false);
    const gone = await tryClient('skopeo', ['inspect', '--tls-verify=false', name], options());
    assert.notEqual(gone.code, 0);
    assert.match(gone.output, /unknown|deleted/i);
  });

  test('a name without a namespace is of the library', async () => {
    await push('app', 'hub:1', '--preserve-digests');
    const stored = await readStoredImage(registry.server, alice, 'library/hub', '1');
    assert.equal(stored.digest, images.images.app.digest);
    assert.equal(digestOf(await pull('hub:1')), stored.digest);
    assert.equal(digestOf(await pull('library/hub:1')), stored.digest);
  });

  test('a user without permission neither pulls nor pushes', async () => {
    await login(bob.username, bob.password);
    for (const [from, to] of [
      [`docker://${host}/alice/app:1`, `dir:${join(registry.directory, 'bob')}`],
      [images.source('app'), `docker://${host}/alice/app:bob`],
    ] as const) {
      const refused = await tryClient('skopeo', [...copyWords, from, to], options('bob'));
      assert.notEqual(refused.code, 0);
      assert.match(refused.output, /unauthorized|denied|permission/i);
    }
    assert.equal(await hasManifest(registry.server, alice, 'alice/app', 'bob'), false);
  });

  test('nobody in particular pulls what is public, and nothing else', async () => {
    await push('app', 'alice/public:1', '--preserve-digests');
    assert.equal(digestOf(await pull('alice/public:1', 'nobody')), images.images.app.digest);
    const refused = await tryClient(
      'skopeo',
      [...copyWords, `docker://${host}/alice/app:1`, `dir:${join(registry.directory, 'nobody')}`],
      options('nobody'),
    );
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, /unauthorized|denied|permission/i);
  });

  test('a robot with a permission to write', async () => {
    const token = (await registry.wharf(['robot', 'create', 'alice+skopeo'])).trim();
    await registry.wharf(['repo', 'create', 'alice/robots', '--visibility', 'private']);
    const grant = ['permission', 'set', 'alice/robots', '--robot', 'alice+skopeo', '--role', 'write'];
    await registry.wharf(grant);
    await login('alice+skopeo', token, 'robot');
    const words = [
      ...copyWords,
      '--preserve-digests',
      images.source('app'),
      `docker://${host}/alice/robots:1`,
    ];
    await runClient('skopeo', words, options('robot'));
    assert.equal(digestOf(await pull('alice/robots:1', 'robot')), images.images.app.digest);
    const other = await tryClient(
      'skopeo',
      ['inspect', '--tls-verify=false', `docker://${host}/alice/app:1`],
      options('robot'),
    );
    assert.notEqual(other.code, 0);
  });
});
