import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { mediaTypes } from '@wharf/oci';
import { type ClientDaemon, startClientDaemon } from '#/testing/client-daemon.ts';
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
import { writeDockerArchive } from '#/testing/image-docker-archive.ts';
import { appLayers, builtText, type ImageSet, writeImageSet } from '#/testing/image-set.ts';

describe('docker', needsPrograms('dockerd', 'docker', 'containerd', 'runc'), () => {
  let registry: ClientRegistry;
  let recorder: ClientRecorder;
  let daemon: ClientDaemon;
  let images: ImageSet;
  let host: string;
  before(async () => {
    registry = await startClientRegistry();
    recorder = await startClientRecorder(registry.server.port);
    images = await writeImageSet(registry.directory);
    host = registry.server.host;
    await mkdir(path('docker'));
    [daemon] = await Promise.all([
      startClientDaemon(
        'dockerd',
        daemonWords(),
        { socket: path('docker/socket'), log: path('docker/log') },
        // Without it engines since 19.03 do not go back to schema 1 (H-12).
        { DOCKER_ALLOW_SCHEMA1_PUSH_DONOTUSE: '1' },
      ),
      registry.wharf(['org', 'create', 'library', '--owner', alice.username]),
      registry.wharf(['repo', 'create', 'alice/public', '--visibility', 'public']),
    ]);
    await login(alice);
    await writeDockerArchive(path('app.tar'), 'local/app:1', await appLayers());
    await docker('load', '-q', '-i', path('app.tar'));
  });
  after(async () => {
    await daemon?.stop();
    await recorder.close();
    await registry.dispose();
  });

  const path = (name: string): string => join(registry.directory, name);
  const daemonWords = (): string[] => [
    ...['--data-root', path('docker/data'), '--exec-root', path('docker/exec')],
    ...['--pidfile', path('docker/pid'), '-H', `unix://${path('docker/socket')}`],
    ...['--iptables=false', '--ip6tables=false', '--bridge=none', '--storage-driver=vfs'],
    ...['--log-level', 'warn'],
  ];
  const options = (name = 'alice'): ClientOptions => ({
    env: {
      HOME: registry.directory,
      DOCKER_HOST: `unix://${path('docker/socket')}`,
      DOCKER_CONFIG: path(`docker/${name}`),
    },
  });
  const docker = (...words: string[]): Promise<string> => runClient('docker', words, options());
  const login = (who: Credentials, folder = who.username, at = host): Promise<string> =>
    runClient('docker', ['login', '-u', who.username, '--password-stdin', at], {
      ...options(folder),
      input: who.password,
    });
  const push = async (name: string, source = 'local/app:1', user = 'alice'): Promise<string> => {
    await docker('tag', source, name);
    const said = await runClient('docker', ['push', name], options(user));
    return /digest: (sha256:[0-9a-f]{64})/.exec(said)?.[1] ?? said;
  };
  /** Pulls into an engine that holds nothing of the image any more, and returns the id of the image. */
  const pullClean = async (name: string, user = 'alice'): Promise<string> => {
    const held = (await docker('images', '-q', '--no-trunc')).trim().split('\n');
    await docker('rmi', '-f', ...new Set(held));
    const said = await runClient('docker', ['pull', name], options(user));
    assert.match(said, /Downloaded newer image/);
    return (await docker('image', 'inspect', '-f', '{{.Id}}', name)).trim();
  };
  const refused = async (user: string, ...words: string[]): Promise<void> => {
    const result = await tryClient('docker', words, options(user));
    assert.notEqual(result.code, 0, result.output);
    assert.match(result.output, /unauthorized|denied|permission/i);
  };

  test('a wrong password is refused at the login', async () => {
    await assert.rejects(login({ username: bob.username, password: 'not it' }, 'wrong'), /unauthorized|401/i);
  });

  test('an image goes in, and comes out by tag and by digest', async () => {
    const id = (await docker('image', 'inspect', '-f', '{{.Id}}', 'local/app:1')).trim();
    const digest = await push(`${host}/alice/app:1`);
    const stored = await readStoredImage(registry.server, alice, 'alice/app', '1');
    assert.equal(stored.digest, digest);
    assert.equal(stored.mediaType, mediaTypes.schema2);
    assert.equal(await pullClean(`${host}/alice/app:1`), id);
    assert.equal(await pullClean(`${host}/alice/app@${digest}`), id);
    const container = (await docker('create', `${host}/alice/app@${digest}`)).trim();
    await docker('cp', `${container}:/built.txt`, path('built.txt'));
    await docker('rm', container);
    assert.equal(await readFile(path('built.txt'), 'utf8'), builtText);
  });

  test('a push to a second repository mounts the layers', async () => {
    await login(alice, 'alice', recorder.host);
    await docker('load', '-q', '-i', path('app.tar'));
    await push(`${recorder.host}/alice/first:1`);
    recorder.take();
    const digest = await push(`${recorder.host}/alice/second:1`);
    const records = recorder.take();
    assert.deepEqual(mountStatuses(records), [201, 201]);
    const stored = await readStoredImage(registry.server, alice, 'alice/second', '1');
    assert.equal(stored.digest, digest);
    const { config } = JSON.parse(stored.bytes.toString('utf8')) as { config: { size: number } };
    assert.equal(uploadedBytes(records), config.size, 'no bytes but those of the configuration');
  });

  test('names as on Docker Hub', async () => {
    const digest = await push(`${host}/hub:1`);
    assert.equal((await readStoredImage(registry.server, alice, 'library/hub', '1')).digest, digest);
    await pullClean(`${host}/hub:1`);
    await docker('load', '-q', '-i', path('app.tar'));
  });

  test('a manifest list made by the client', async () => {
    await push(`${host}/alice/listed:amd64`);
    await docker('manifest', 'create', '--insecure', `${host}/alice/listed:1`, `${host}/alice/listed:amd64`);
    await docker('manifest', 'push', '--insecure', `${host}/alice/listed:1`);
    const stored = await readStoredImage(registry.server, alice, 'alice/listed', '1');
    assert.equal(stored.mediaType, mediaTypes.list);
    await pullClean(`${host}/alice/listed:1`);
    await docker('load', '-q', '-i', path('app.tar'));
  });

  test('H-12: a refused schema 2 manifest is pushed again as signed schema 1, with the same blobs', async (t) => {
    const version = await docker('version', '-f', '{{.Server.Version}}');
    if (Number.parseInt(version, 10) > 20) return t.skip(`engine ${version.trim()} does not fall back`);
    recorder.refuse(
      ({ method, url, headers }) =>
        method === 'PUT' &&
        url?.startsWith('/v2/alice/fallback/manifests/') === true &&
        headers['content-type'] === mediaTypes.schema2,
      'MANIFEST_INVALID',
    );
    await login(alice, 'alice', recorder.host);
    recorder.take();
    const digest = await push(`${recorder.host}/alice/fallback:1`);
    const records = recorder.take();
    const manifests = records.filter(({ method, url }) => method === 'PUT' && url.includes('/manifests/'));
    assert.deepEqual(
      manifests.map(({ status }) => status),
      [400, 201],
    );
    const refusedAt = records.findIndex(({ status }) => status === 400);
    assert.equal(uploadedBytes(records.slice(refusedAt)), 0, 'the blobs are there');
    const stored = await readStoredImage(registry.server, alice, 'alice/fallback', '1');
    assert.equal(stored.mediaType, mediaTypes.schema1Signed);
    assert.equal(stored.digest, digest);
    await pullClean(`${host}/alice/fallback:1`);
    await docker('load', '-q', '-i', path('app.tar'));
  });

  describe('what skopeo pushed is pulled', needsPrograms('skopeo'), () => {
    for (const [tag, ...words] of [
      ['index', '--all', '--preserve-digests'],
      ['estargz', '--preserve-digests'],
      ['app', '--format', 'v2s1'],
      ['app', '--format', 'oci'],
    ] as const) {
      test(`${tag} with ${words.join(' ')}`, async () => {
        const name = `alice/skopeo:${tag}-${words.at(-1)?.replaceAll('-', '')}`;
        const environment = { ...options().env, REGISTRY_AUTH_FILE: path('docker/alice/config.json') };
        await runClient(
          'skopeo',
          ['copy', '--dest-tls-verify=false', ...words, images.source(tag), `docker://${host}/${name}`],
          { env: environment },
        );
        assert.match(await pullClean(`${host}/${name}`), /^sha256:/);
        await docker('load', '-q', '-i', path('app.tar'));
      });
    }
  });

  test('a user without permission neither pulls nor pushes', async () => {
    await login(bob);
    await refused('bob', 'pull', `${host}/alice/app:1`);
    await docker('tag', 'local/app:1', `${host}/alice/app:bob`);
    await refused('bob', 'push', `${host}/alice/app:bob`);
  });

  test('nobody in particular pulls what is public, and nothing else', async () => {
    const digest = await push(`${host}/alice/public:1`);
    await pullClean(`${host}/alice/public@${digest}`, 'nobody');
    await refused('nobody', 'pull', `${host}/alice/app:1`);
  });

  test('a robot of the namespace', async () => {
    const password = (await registry.wharf(['robot', 'create', 'alice+docker'])).trim();
    await registry.wharf(['permission', 'set', 'alice/app', '--robot', 'alice+docker', '--role', 'read']);
    await login({ username: 'alice+docker', password }, 'robot');
    await pullClean(`${host}/alice/app:1`, 'robot');
    await docker('tag', `${host}/alice/app:1`, `${host}/alice/app:robot`);
    await refused('robot', 'push', `${host}/alice/app:robot`);
  });
});
