import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { mediaTypes } from '@wharf/oci';
import { readStoredImage } from '#/testing/client-image-check.ts';
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
import { builtText, type ImageSet, writeImageSet } from '#/testing/image-set.ts';

describe('podman', needsPrograms('podman'), () => {
  let registry: ClientRegistry;
  let recorder: ClientRecorder;
  let images: ImageSet;
  let host: string;
  before(async () => {
    registry = await startClientRegistry();
    recorder = await startClientRecorder(registry.server.port);
    images = await writeImageSet(registry.directory);
    host = registry.server.host;
    await writeConfiguration();
    await login(alice);
    await podman(['pull', '-q', images.source('app')]);
    await registry.wharf(['repo', 'create', 'alice/public', '--visibility', 'public']);
  });
  after(async () => {
    await recorder.close();
    await registry.dispose();
  });

  const path = (name: string): string => join(registry.directory, name);
  const writeConfiguration = async (): Promise<void> => {
    await writeFile(
      path('storage.conf'),
      `[storage]\ndriver = "vfs"\ngraphroot = "${path('root')}"\nrunroot = "${path('run')}"\n`,
    );
    await writeFile(
      path('containers.conf'),
      '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "none"\nruntime = "runc"\n[network]\nnetwork_backend = "netavark"\n',
    );
  };
  const options = (name = 'alice'): ClientOptions => ({
    env: {
      HOME: registry.directory,
      TMPDIR: registry.directory,
      CONTAINERS_CONF: path('containers.conf'),
      CONTAINERS_STORAGE_CONF: path('storage.conf'),
      REGISTRY_AUTH_FILE: path(`${name}.json`),
    },
  });
  const podman = (words: readonly string[], name = 'alice'): Promise<string> =>
    runClient('podman', words, options(name));
  const login = (who: Credentials, file = who.username, at = host): Promise<string> =>
    runClient('podman', ['login', '--tls-verify=false', '-u', who.username, '--password-stdin', at], {
      ...options(file),
      input: who.password,
    });
  const imageId = async (name: string): Promise<string> =>
    (await podman(['image', 'inspect', '--format', '{{.Id}}', name])).trim();
  const push = (to: string, ...words: string[]): Promise<string> =>
    podman(['push', '-q', '--tls-verify=false', ...words, appId, `docker://${to}`]);
  const pull = (from: string, name = 'alice', ...words: string[]): Promise<string> =>
    podman(['pull', '-q', '--tls-verify=false', ...words, from], name);
  let appId = '';

  test('a wrong password is refused at the login', async () => {
    await assert.rejects(
      login({ username: bob.username, password: 'not it' }, 'wrong'),
      /invalid username\/password/,
    );
  });

  test('an image goes in, and comes out by tag and by digest', async () => {
    appId = (await podman(['images', '-q', '--no-trunc'])).trim().replace('sha256:', '');
    await push(`${host}/alice/app:1`, '--digestfile', path('digest'));
    const stored = await readStoredImage(registry.server, alice, 'alice/app', '1');
    assert.equal(stored.mediaType, mediaTypes.ociManifest);
    assert.equal(await runClient('cat', [path('digest')]), stored.digest);
    for (const reference of [':1', `@${stored.digest}`]) {
      assert.equal((await pull(`${host}/alice/app${reference}`)).trim(), appId);
    }
    const container = (await podman(['create', `${host}/alice/app:1`])).trim();
    await podman(['cp', `${container}:/built.txt`, path('built.txt')]);
    assert.equal(await runClient('cat', [path('built.txt')]), builtText);
    await podman(['rm', container]);
  });

  test('the Docker format', async () => {
    await push(`${host}/alice/docker:1`, '--format', 'v2s2');
    const stored = await readStoredImage(registry.server, alice, 'alice/docker', '1');
    assert.equal(stored.mediaType, mediaTypes.schema2);
    await pull(`${host}/alice/docker:1`);
  });

  test('a push to a second repository mounts the layers', async () => {
    await login(alice, 'alice', recorder.host);
    await push(`${recorder.host}/alice/first:1`);
    recorder.take();
    await push(`${recorder.host}/alice/second:1`);
    const records = recorder.take();
    const stored = await readStoredImage(registry.server, alice, 'alice/second', '1');
    assert.deepEqual(mountStatuses(records), [201, 201]);
    const { config } = JSON.parse(stored.bytes.toString('utf8')) as { config: { size: number } };
    assert.equal(uploadedBytes(records), config.size, 'no bytes but those of the configuration');
  });

  test('a manifest list made and pushed with all its images', async () => {
    await podman(['manifest', 'create', 'list']);
    await podman(['manifest', 'add', '--all', 'list', images.source('index')]);
    await podman([
      'manifest',
      'push',
      '-q',
      '--tls-verify=false',
      '--all',
      'list',
      `docker://${host}/alice/list:1`,
    ]);
    const stored = await readStoredImage(registry.server, alice, 'alice/list', '1');
    assert.equal(stored.mediaType, mediaTypes.ociIndex);
    assert.equal((await pull(`${host}/alice/list:1`)).trim(), appId);
  });

  for (const tag of ['zstd', 'estargz'] as const) {
    test(`an image of ${tag} layers, pushed by skopeo, is pulled`, needsPrograms('skopeo'), async () => {
      const to = `docker://${host}/alice/layers:${tag}`;
      const words = ['copy', '--dest-tls-verify=false', '--preserve-digests', images.source(tag), to];
      await runClient('skopeo', words, options());
      const id = (await pull(`${host}/alice/layers:${tag}`)).trim();
      assert.match(id, /^[0-9a-f]{64}$/);
      assert.equal(await imageId(`${host}/alice/layers:${tag}`), id);
    });
  }

  test('an image in the first schema, pushed by skopeo, is pulled', needsPrograms('skopeo'), async () => {
    const words = ['copy', '--dest-tls-verify=false', '--format', 'v2s1', images.source('app')];
    await runClient('skopeo', [...words, `docker://${host}/alice/old:1`], options());
    await pull(`${host}/alice/old:1`);
  });

  test('H-23: a search without /v1 goes on to the catalogue', async () => {
    for (const target of ['/v1/_ping', '/v1/search?q=app&n=25']) {
      assert.equal((await fetch(`${registry.server.url}${target}`)).status, 404, target);
    }
    const words = ['search', '--tls-verify=false', '--format', '{{.Name}}', `${host}/docker`];
    assert.deepEqual((await podman(words)).trim().split('\n'), [`${host}/alice/docker`]);
  });

  test('search lists the tags of a repository', async () => {
    await push(`${host}/alice/app:2`);
    const words = ['search', '--tls-verify=false', '--list-tags', '--format', 'json', `${host}/alice/app`];
    const found = JSON.parse(await podman(words)) as { Tags: string[] }[];
    assert.deepEqual(
      found.flatMap((entry) => entry.Tags),
      ['1', '2'],
    );
  });

  test('a user without permission neither pulls nor pushes', async () => {
    await login(bob);
    const words = ['push', '--tls-verify=false', appId, `docker://${host}/alice/app:bob`];
    for (const refused of [
      await tryClient('podman', ['pull', '--tls-verify=false', `${host}/alice/docker:1`], options('bob')),
      await tryClient('podman', words, options('bob')),
    ]) {
      assert.notEqual(refused.code, 0);
      assert.match(refused.output, /unauthorized|denied|permission/i);
    }
  });

  test('nobody in particular pulls what is public, and nothing else', async () => {
    await push(`${host}/alice/public:1`);
    assert.equal((await pull(`${host}/alice/public:1`, 'nobody')).trim(), appId);
    const words = ['pull', '--tls-verify=false', `${host}/alice/docker:1`];
    const refused = await tryClient('podman', words, options('nobody'));
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, /unauthorized|denied|permission/i);
  });
});
