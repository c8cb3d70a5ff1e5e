import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readStoredImage } from '#/testing/client-image-check.ts';
import { type ClientOptions, runClient } from '#/testing/client-process.ts';
import { alice, type ClientRegistry, startClientRegistry } from '#/testing/client-registry.ts';
import { needsPrograms } from '#/testing/find-program.ts';
import { type ImageSet, writeImageSet } from '#/testing/image-set.ts';

describe('a server at an IPv6 address', () => {
  let registry: ClientRegistry;
  let images: ImageSet;
  let host: string;
  before(async () => {
    registry = await startClientRegistry({ host: '::1' });
    images = await writeImageSet(registry.directory);
    host = registry.server.host;
  });
  after(() => registry.dispose());

  const path = (name: string): string => join(registry.directory, name);
  const options = (): ClientOptions => ({
    env: {
      HOME: registry.directory,
      TMPDIR: registry.directory,
      REGISTRY_AUTH_FILE: path('skopeo.json'),
      DOCKER_CONFIG: path('crane'),
    },
    input: alice.password,
  });

  test('the challenge and the upload name the address in brackets', async () => {
    assert.match(host, /^\[::1\]:[0-9]+$/);
    const ping = await fetch(`${registry.server.url}/v2/`);
    const challenge = `Bearer realm="http://${host}/v2/auth",service="${host}"`;
    assert.equal(ping.headers.get('www-authenticate'), challenge);
  });

  test('oras pushes, crane copies', needsPrograms('oras', 'crane'), async () => {
    const config = ['--registry-config', path('oras.json')];
    const login = ['login', '--plain-http', ...config, '-u', alice.username, '--password-stdin', host];
    await runClient('oras', login, options());
    const copy = ['cp', '--from-oci-layout', '--to-plain-http', '--to-registry-config', path('oras.json')];
    const from = `${images.layout.directory}:app`;
    await runClient('oras', [...copy, from, `${host}/alice/oras:1`], options());
    const fetched = ['manifest', 'fetch', '--plain-http', ...config, '--descriptor', `${host}/alice/oras:1`];
    assert.match(await runClient('oras', fetched, options()), new RegExp(images.images.app.digest));
    const enter = ['auth', 'login', host, '--insecure', '-u', alice.username, '--password-stdin'];
    await runClient('crane', enter, options());
    const mount = ['copy', '--insecure', `${host}/alice/oras:1`, `${host}/alice/crane:1`];
    await runClient('crane', mount, options());
    const stored = await readStoredImage(registry.server, alice, 'alice/crane', '1');
    assert.equal(stored.digest, images.images.app.digest);
  });

  test('helm', needsPrograms('helm'), async () => {
    const login = ['registry', 'login', host, '--plain-http', '-u', alice.username, '--password-stdin'];
    const env = { HOME: registry.directory, HELM_REGISTRY_CONFIG: path('helm.json') };
    await runClient('helm', login, { env, input: alice.password });
    await mkdir(path('app/templates'), { recursive: true });
    await writeFile(path('app/Chart.yaml'), 'apiVersion: v2\nname: app\nversion: 1.0.0\n');
    await runClient('helm', ['package', 'app'], { env, cwd: registry.directory });
    await runClient('helm', ['push', path('app-1.0.0.tgz'), `oci://${host}/alice`, '--plain-http'], { env });
    await readStoredImage(registry.server, alice, 'alice/app', '1.0.0');
  });
});
