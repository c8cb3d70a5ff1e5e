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
import { estargzLayer, gzipLayer } from '#/testing/image-layers.ts';
import { createImageLayout, type ImageLayout, type LayoutDescriptor } from '#/testing/image-layout.ts';

describe('crane', needsPrograms('crane'), () => {
  let registry: ClientRegistry;
  let recorder: ClientRecorder;
  let image: { readonly layout: ImageLayout; readonly descriptor: LayoutDescriptor };
  let index: { readonly layout: ImageLayout; readonly descriptor: LayoutDescriptor };
  let host: string;
  before(async () => {
    registry = await startClientRegistry();
    recorder = await startClientRecorder(registry.server.port);
    host = registry.server.host;
    image = await writeLayout('image', false);
    index = await writeLayout('index', true);
    await Promise.all([
      login(alice.username, alice.password),
      registry.wharf(['repo', 'create', 'alice/public', '--visibility', 'public']),
    ]);
  });
  after(async () => {
    await recorder.close();
    await registry.dispose();
  });

  /** A layout of its own for each: crane pushes one entry as an image, several as an index. */
  const writeLayout = async (name: string, several: boolean) => {
    const layout = createImageLayout(join(registry.directory, name));
    const one = layout.addImage({ layers: [gzipLayer([{ name: 'one', content: Buffer.from(name) }])] });
    const two = layout.addImage({
      architecture: 'arm64',
      layers: [estargzLayer([{ name: 'two', content: Buffer.from('two') }])],
    });
    const descriptor = layout.tag('one', one);
    if (several) layout.tag('two', two);
    await layout.write();
    return { layout, descriptor };
  };
  const options = (name = 'alice'): ClientOptions => ({
    env: { HOME: registry.directory, DOCKER_CONFIG: join(registry.directory, name) },
  });
  const login = (username: string, password: string, folder = username, at = host): Promise<string> =>
    runClient('crane', ['auth', 'login', at, '-u', username, '--password-stdin'], {
      ...options(folder),
      input: password,
    });
  const crane = (...words: string[]): Promise<string> => runClient('crane', words, options());
  const refused = async (folder: string, ...words: string[]): Promise<void> => {
    const result = await tryClient('crane', words, options(folder));
    assert.notEqual(result.code, 0, result.output);
    assert.match(result.output, /UNAUTHORIZED|DENIED|401/);
  };

  test('an image goes in and comes out byte for byte', async () => {
    await crane('push', image.layout.directory, `${host}/alice/app:1`);
    assert.equal((await crane('digest', `${host}/alice/app:1`)).trim(), image.descriptor.digest);
    const manifest = await crane('manifest', `${host}/alice/app:1`);
    assert.equal(digestOf(Buffer.from(manifest.trimEnd())), image.descriptor.digest);
    const pulled = join(registry.directory, 'pulled');
    await crane('pull', '--format=oci', `${host}/alice/app:1`, pulled);
    for (const digest of (await readStoredImage(registry.server, alice, 'alice/app', '1')).blobs) {
      const bytes = await readFile(join(pulled, 'blobs', 'sha256', digest.slice('sha256:'.length)));
      assert.ok(bytes.equals(image.layout.blob(digest)));
    }
    await crane('validate', '--remote', `${host}/alice/app:1`);
  });

  test('the manifest of an index is the index', async () => {
    await crane('push', '--index', index.layout.directory, `${host}/alice/multi:1`);
    const text = await crane('manifest', `${host}/alice/multi:1`);
    const named = JSON.parse(text) as { mediaType: string; manifests: { digest: string }[] };
    assert.equal(named.mediaType, mediaTypes.ociIndex);
    const child = await crane('digest', '--platform', 'linux/arm64', `${host}/alice/multi:1`);
    assert.equal(child.trim(), named.manifests[1]?.digest);
    await crane('validate', '--remote', `${host}/alice/multi:1`);
  });

  test('a copy mounts every blob', async () => {
    await login(alice.username, alice.password, 'alice', recorder.host);
    await crane('push', image.layout.directory, `${recorder.host}/alice/app:1`);
    recorder.take();
    await crane('copy', `${recorder.host}/alice/app:1`, `${recorder.host}/alice/copied:1`);
    const records = recorder.take();
    assert.deepEqual(mountStatuses(records), [201, 201]);
    assert.equal(uploadedBytes(records), 0);
    const stored = await readStoredImage(registry.server, alice, 'alice/copied', '1');
    assert.equal(stored.digest, image.descriptor.digest);
  });

  test('lists of tags and of repositories', async () => {
    for (const tag of ['b', 'a', 'B'])
      await crane('push', image.layout.directory, `${host}/alice/listed:${tag}`);
    assert.deepEqual((await crane('ls', `${host}/alice/listed`)).trim().split('\n'), ['B', 'a', 'b']);
    const names = (await crane('catalog', host)).trim().split('\n');
    assert.ok(names.includes('alice/listed') && names.includes('alice/app'), names.join());
  });

  test('tag, delete by tag, delete by digest', async () => {
    await crane('push', image.layout.directory, `${host}/alice/deleted:1`);
    await crane('tag', `${host}/alice/deleted:1`, '2');
    await crane('delete', `${host}/alice/deleted:1`);
    assert.deepEqual((await crane('ls', `${host}/alice/deleted`)).trim(), '2');
    await crane('delete', `${host}/alice/deleted@${image.descriptor.digest}`);
    assert.equal(await hasManifest(registry.server, alice, 'alice/deleted', image.descriptor.digest), false);
  });

  test('a changed image: labels and one more layer', async () => {
    await crane('push', image.layout.directory, `${host}/alice/mutated:1`);
    await crane('mutate', `${host}/alice/mutated:1`, '-l', 'team=tests', '-t', `${host}/alice/mutated:2`);
    const config = JSON.parse(await crane('config', `${host}/alice/mutated:2`)) as {
      config: { Labels: Record<string, string> };
    };
    assert.deepEqual(config.config.Labels, { team: 'tests' });
    await readStoredImage(registry.server, alice, 'alice/mutated', '2');
  });

  test('a wrong password and a user without permission', async () => {
    await login(bob.username, bob.password);
    await refused('bob', 'manifest', `${host}/alice/app:1`);
    await refused('bob', 'push', image.layout.directory, `${host}/alice/app:bob`);
    assert.equal(await hasManifest(registry.server, alice, 'alice/app', 'bob'), false);
    // The wrong one comes last: it makes the next log-in of that user wait.
    await login(bob.username, 'not it', 'wrong');
    await refused('wrong', 'manifest', `${host}/alice/app:1`);
  });

  test('nobody in particular pulls what is public, and nothing else', async () => {
    await crane('push', image.layout.directory, `${host}/alice/public:1`);
    const digest = await runClient('crane', ['digest', `${host}/alice/public:1`], options('nobody'));
    assert.equal(digest.trim(), image.descriptor.digest);
    await refused('nobody', 'manifest', `${host}/alice/app:1`);
    await refused('nobody', 'push', image.layout.directory, `${host}/alice/public:2`);
  });

  test('an app-specific token', async () => {
    const words = ['token', 'create', '--user', alice.username, '--title', 'crane'];
    await login('$app', (await registry.wharf(words)).trim(), 'app');
    const digest = await runClient('crane', ['digest', `${host}/alice/app:1`], options('app'));
    assert.equal(digest.trim(), image.descriptor.digest);
  });
});
