import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { mediaTypes } from '@wharf/oci';
import { bytesOf, digestOf } from '#/testing/bytes.ts';
import { hasManifest, readStoredImage } from '#/testing/client-image-check.ts';
import { type ClientOptions, runClient, tryClient } from '#/testing/client-process.ts';
import {
  type ClientRecorder,
  mountStatuses,
  startClientRecorder,
  uploadedBytes,
} from '#/testing/client-recorder.ts';
import {
  alice,
  bob,
  type ClientRegistry,
  type Credentials,
  startClientRegistry,
} from '#/testing/client-registry.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { type ImageSet, writeImageSet } from '#/testing/image-set.ts';

describe('oras', needsPrograms('oras'), () => {
  let registry: ClientRegistry;
  let recorder: ClientRecorder;
  let images: ImageSet;
  let host: string;
  const content = bytesOf(50_000, 11);
  before(async () => {
    registry = await startClientRegistry();
    recorder = await startClientRecorder(registry.server.port);
    images = await writeImageSet(registry.directory);
    host = registry.server.host;
    await writeFile(join(registry.directory, 'sbom.json'), '{"packages":[]}');
    await writeFile(join(registry.directory, 'model.bin'), content);
    await Promise.all([
      login(alice),
      registry.wharf(['repo', 'create', 'alice/public', '--visibility', 'public']),
    ]);
  });
  after(async () => {
    await recorder.close();
    await registry.dispose();
  });

  const options = (): ClientOptions => ({ env: { HOME: registry.directory }, cwd: registry.directory });
  const authFile = (name: string): string => join(registry.directory, `${name}.json`);
  const login = (who: Credentials, file = who.username, at = host): Promise<string> =>
    runClient(
      'oras',
      [
        'login',
        '--plain-http',
        '--registry-config',
        authFile(file),
        '-u',
        who.username,
        '--password-stdin',
        at,
      ],
      { ...options(), input: who.password },
    );
  const as = (file: string, words: readonly string[]): string[] => [
    ...words,
    '--plain-http',
    '--registry-config',
    authFile(file),
  ];
  const oras = (...words: string[]): Promise<string> => runClient('oras', as('alice', words), options());
  const refused = async (file: string, ...words: string[]): Promise<void> => {
    const result = await tryClient('oras', as(file, words), options());
    assert.notEqual(result.code, 0, result.output);
    assert.match(result.output, /unauthorized|denied|authenti|basic credential/i);
  };
  /** Puts an image of the layout under a name. */
  const push = (name: string): Promise<string> =>
    runClient(
      'oras',
      [
        'cp',
        '--from-oci-layout',
        '--to-plain-http',
        '--to-registry-config',
        authFile('alice'),
        `${images.layout.directory}:index`,
        `${host}/${name}`,
      ],
      options(),
    );

  test('a wrong password is refused at the login', async () => {
    await assert.rejects(login({ username: bob.username, password: 'not it' }, 'wrong'), /401|unauthorized/i);
  });

  test('an artifact of any type goes in and comes out byte for byte', async () => {
    await oras(
      'push',
      `${host}/alice/model:1`,
      '--artifact-type',
      'application/vnd.example.model',
      'model.bin:application/octet-stream',
    );
    const folder = join(registry.directory, 'pulled');
    await mkdir(folder);
    await oras('pull', `${host}/alice/model:1`, '-o', folder);
    assert.ok((await readFile(join(folder, 'model.bin'))).equals(content));
    const stored = await readStoredImage(registry.server, alice, 'alice/model', '1');
    assert.ok(stored.blobs.includes(digestOf(content)));
  });

  test('an index is copied with its children', async () => {
    await push('alice/multi:1');
    const stored = await readStoredImage(registry.server, alice, 'alice/multi', '1');
    assert.equal(stored.digest, images.images.index.digest);
    const manifest = await oras('manifest', 'fetch', `${host}/alice/multi:1`);
    assert.equal(digestOf(Buffer.from(manifest)), stored.digest);
  });

  test('attached artifacts are listed, filtered, pulled and deleted', async () => {
    await push('alice/signed:1');
    const attach = (type: string, file: string): Promise<string> =>
      oras(
        'attach',
        `${host}/alice/signed:1`,
        '--artifact-type',
        type,
        `${file}:application/json`,
        '--format',
        'json',
      );
    const sbom = JSON.parse(await attach('application/vnd.example.sbom', 'sbom.json')) as { digest: string };
    await attach('application/vnd.example.other', 'sbom.json');
    const discover = async (...words: string[]): Promise<string[]> => {
      const text = await oras('discover', `${host}/alice/signed:1`, '--format', 'json', ...words);
      const found = JSON.parse(text) as { referrers?: { artifactType: string }[] };
      return (found.referrers ?? []).map((entry) => entry.artifactType).sort();
    };
    assert.deepEqual(await discover(), ['application/vnd.example.other', 'application/vnd.example.sbom']);
    assert.deepEqual(await discover('--artifact-type', 'application/vnd.example.sbom'), [
      'application/vnd.example.sbom',
    ]);
    const tags = await oras('repo', 'tags', `${host}/alice/signed`);
    assert.equal(tags.trim(), '1', 'no fallback tag: the server has referrers');
    const folder = join(registry.directory, 'sbom');
    await oras('pull', `${host}/alice/signed@${sbom.digest}`, '-o', folder);
    assert.equal(await readFile(join(folder, 'sbom.json'), 'utf8'), '{"packages":[]}');
    await oras('manifest', 'delete', '--force', `${host}/alice/signed@${sbom.digest}`);
    assert.deepEqual(await discover(), ['application/vnd.example.other']);
  });

  test('a copy between repositories mounts, with all referrers', async () => {
    await login(alice, 'alice', recorder.host);
    await push('alice/tree:1');
    await oras(
      'attach',
      `${host}/alice/tree:1`,
      '--artifact-type',
      'application/vnd.example.sbom',
      'sbom.json',
    );
    recorder.take();
    await runClient(
      'oras',
      [
        'cp',
        '-r',
        '--from-plain-http',
        '--to-plain-http',
        '--from-registry-config',
        authFile('alice'),
        '--to-registry-config',
        authFile('alice'),
        `${recorder.host}/alice/tree:1`,
        `${recorder.host}/alice/tree-copy:1`,
      ],
      options(),
    );
    const records = recorder.take();
    assert.ok(mountStatuses(records).length > 0);
    assert.deepEqual(new Set(mountStatuses(records)), new Set([201]));
    assert.equal(uploadedBytes(records), 0);
    const stored = await readStoredImage(registry.server, alice, 'alice/tree-copy', '1');
    assert.equal(stored.digest, images.images.index.digest);
    const text = await oras('discover', `${host}/alice/tree-copy:1`, '--format', 'json');
    assert.match(text, /application\/vnd\.example\.sbom/);
  });

  test('tags are listed, a manifest and a blob are deleted', async () => {
    await oras('push', `${host}/alice/lists:b,a`, 'sbom.json');
    assert.deepEqual((await oras('repo', 'tags', `${host}/alice/lists`)).trim().split('\n'), ['a', 'b']);
    const digest = (await oras('resolve', `${host}/alice/lists:a`)).trim();
    await oras('manifest', 'delete', '--force', `${host}/alice/lists@${digest}`);
    assert.equal(await hasManifest(registry.server, alice, 'alice/lists', 'a'), false);
    await oras('blob', 'push', `${host}/alice/lists`, 'model.bin');
    await oras('blob', 'delete', '--force', `${host}/alice/lists@${digestOf(content)}`);
    const gone = await tryClient(
      'oras',
      as('alice', ['blob', 'fetch', '--descriptor', `${host}/alice/lists@${digestOf(content)}`]),
      options(),
    );
    assert.notEqual(gone.code, 0);
  });

  test('the catalogue is listed where it challenges who has no token, and empty elsewhere', async () => {
    assert.equal((await oras('repo', 'ls', host)).trim(), '');
    const configuration = { FEATURE_ANONYMOUS_ACCESS: false };
    const closed = await startClientRegistry({ configuration });
    try {
      await closed.wharf(['repo', 'create', 'alice/listed', '--visibility', 'private']);
      await login(alice, 'closed', closed.server.host);
      const words = as('closed', ['repo', 'ls', closed.server.host]);
      assert.equal((await runClient('oras', words, options())).trim(), 'alice/listed');
    } finally {
      await closed.dispose();
    }
  });

  test('H-36: a warning of the registry is shown once, and only where there is something to say', async () => {
    const layer = digestOf(content);
    await oras('blob', 'push', `${host}/alice/warned`, 'model.bin');
    const warningsOf = async (mediaType: string, manifest: unknown): Promise<number> => {
      await writeFile(join(registry.directory, 'manifest.json'), JSON.stringify(manifest));
      const words = [
        'manifest',
        'push',
        `${host}/alice/warned:1`,
        'manifest.json',
        '--media-type',
        mediaType,
      ];
      const { code, output } = await tryClient('oras', as('alice', words), options());
      assert.equal(code, 0, output);
      return output.split('outdated format schema 1').length - 1;
    };
    const index = { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: [] };
    const old = {
      schemaVersion: 1,
      name: 'alice/warned',
      tag: '1',
      architecture: 'amd64',
      fsLayers: [{ blobSum: layer }],
      history: [{ v1Compatibility: JSON.stringify({ id: layer.slice('sha256:'.length) }) }],
    };
    assert.equal(await warningsOf(mediaTypes.ociIndex, index), 0);
    assert.equal(await warningsOf(mediaTypes.schema1, old), 1);
  });

  test('a user without permission, and nobody in particular', async () => {
    await oras('push', `${host}/alice/public:1`, 'sbom.json');
    await login(bob);
    await refused('bob', 'manifest', 'fetch', `${host}/alice/model:1`);
    await refused('bob', 'push', `${host}/alice/public:2`, 'sbom.json');
    await refused('nobody', 'manifest', 'fetch', `${host}/alice/model:1`);
    await runClient('oras', as('nobody', ['manifest', 'fetch', `${host}/alice/public:1`]), options());
  });

  test('an OAuth token', async () => {
    await login({ username: '$oauthtoken', password: registry.accessToken }, 'oauth');
    await runClient('oras', as('oauth', ['push', `${host}/alice/oauth:1`, 'sbom.json']), options());
    assert.equal(await hasManifest(registry.server, alice, 'alice/oauth', '1'), true);
  });
});
