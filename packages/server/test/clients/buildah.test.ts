import assert from 'node:assert/strict';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { mediaTypes } from '@wharf/oci';
import { readStoredImage } from '#/testing/client-image-check.ts';
import { type ClientOptions, runClient, tryClient } from '#/testing/client-process.ts';
import {
  alice,
  bob,
  type ClientRegistry,
  type Credentials,
  startClientRegistry,
} from '#/testing/client-registry.ts';
import { findProgram, needsPrograms } from '#/testing/find-program.ts';

describe('buildah', needsPrograms('buildah', 'busybox'), () => {
  let registry: ClientRegistry;
  let host: string;
  before(async () => {
    registry = await startClientRegistry();
    host = registry.server.host;
    await mkdir(path('context'));
    await copyFile(findProgram('busybox') ?? '', path('context/busybox'));
    await writeFile(path('context/base'), 'FROM scratch\nCOPY busybox /bin/busybox\n');
    await writeFile(
      path('context/child'),
      `FROM ${host}/alice/base:1\nRUN ["/bin/busybox", "touch", "/made"]\nLABEL quay.expires-after=2h\n`,
    );
    await Promise.all([
      login(alice),
      registry.wharf(['repo', 'create', 'alice/public', '--visibility', 'public']),
    ]);
  });
  after(() => registry.dispose());

  const path = (name: string): string => join(registry.directory, name);
  const options = (name = 'alice'): ClientOptions => ({
    env: {
      HOME: registry.directory,
      TMPDIR: registry.directory,
      REGISTRY_AUTH_FILE: path(`${name}.json`),
      BUILDAH_ISOLATION: 'chroot',
    },
  });
  const as = (words: readonly string[]): string[] => [
    '--root',
    path('root'),
    '--runroot',
    path('run'),
    '--storage-driver',
    'vfs',
    ...words,
  ];
  const buildah = (...words: string[]): Promise<string> => runClient('buildah', as(words), options());
  const login = (who: Credentials, file = who.username): Promise<string> =>
    runClient('buildah', ['login', '--tls-verify=false', '-u', who.username, '--password-stdin', host], {
      ...options(file),
      input: who.password,
    });
  const refused = async (file: string, ...words: string[]): Promise<void> => {
    const result = await tryClient('buildah', as(words), options(file));
    assert.notEqual(result.code, 0, result.output);
    assert.match(result.output, /unauthorized|denied|permission/i);
  };

  test('a wrong password is refused at the login', async () => {
    await assert.rejects(
      login({ username: bob.username, password: 'not it' }, 'wrong'),
      /invalid username\/password/,
    );
  });

  test('a built image is pushed, and the base of the next build is pulled', async () => {
    await buildah('bud', '-q', '-t', `${host}/alice/base:1`, '-f', path('context/base'), path('context'));
    await buildah('push', '-q', '--tls-verify=false', `${host}/alice/base:1`);
    const base = await readStoredImage(registry.server, alice, 'alice/base', '1');
    assert.equal(base.mediaType, mediaTypes.ociManifest);
    await buildah('rmi', '-f', `${host}/alice/base:1`);
    const build = ['bud', '-q', '--tls-verify=false', '-t', `${host}/alice/child:1`];
    await buildah(...build, '-f', path('context/child'), path('context'));
    await buildah('push', '-q', '--tls-verify=false', `${host}/alice/child:1`);
    const child = await readStoredImage(registry.server, alice, 'alice/child', '1');
    const layers = JSON.parse(child.bytes.toString('utf8')).layers as { digest: string }[];
    assert.ok(base.blobs.includes(layers[0]?.digest ?? ''), 'the layer of the base is pushed as it came');
  });

  test('a manifest list of two architectures in the Docker format', async () => {
    for (const architecture of ['amd64', 'arm64']) {
      const words = [
        'bud',
        '-q',
        '--arch',
        architecture,
        '-t',
        `local/${architecture}`,
        '-f',
        path('context/base'),
      ];
      await buildah(...words, path('context'));
    }
    await buildah('manifest', 'create', 'list', 'local/amd64', 'local/arm64');
    const to = `docker://${host}/alice/list:1`;
    await buildah('manifest', 'push', '-q', '--tls-verify=false', '--all', '--format', 'v2s2', 'list', to);
    const stored = await readStoredImage(registry.server, alice, 'alice/list', '1');
    assert.equal(stored.mediaType, mediaTypes.list);
    await buildah('pull', '-q', '--tls-verify=false', '--arch', 'arm64', `${host}/alice/list:1`);
  });

  test('permissions of others', async () => {
    await buildah(
      'push',
      '-q',
      '--tls-verify=false',
      `${host}/alice/child:1`,
      `docker://${host}/alice/public:1`,
    );
    await login(bob);
    await refused('bob', 'pull', '--tls-verify=false', '--policy', 'always', `${host}/alice/child:1`);
    await refused('bob', 'push', '--tls-verify=false', `${host}/alice/child:1`);
    await refused('nobody', 'pull', '--tls-verify=false', '--policy', 'always', `${host}/alice/child:1`);
    const words = ['pull', '-q', '--tls-verify=false', '--policy', 'always', `${host}/alice/public:1`];
    await runClient('buildah', as(words), options('nobody'));
  });
});
