import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { digestOf } from '#/testing/bytes.ts';
import { readStoredImage } from '#/testing/client-image-check.ts';
import { type ClientOptions, runClient, tryClient } from '#/testing/client-process.ts';
import {
  alice,
  bob,
  type ClientRegistry,
  type Credentials,
  startClientRegistry,
} from '#/testing/client-registry.ts';
import { needsPrograms } from '#/testing/find-program.ts';

describe('helm', needsPrograms('helm'), () => {
  let registry: ClientRegistry;
  let host: string;
  before(async () => {
    registry = await startClientRegistry();
    host = registry.server.host;
    await mkdir(path('app/templates'), { recursive: true });
    await writeFile(path('app/templates/none.yaml'), '# nothing\n');
    await Promise.all([
      login(alice),
      registry.wharf(['repo', 'create', 'alice/public/app', '--visibility', 'public']),
    ]);
  });
  after(() => registry.dispose());

  const path = (name: string): string => join(registry.directory, name);
  const options = (name = 'alice'): ClientOptions => ({
    cwd: registry.directory,
    env: { HOME: registry.directory, HELM_REGISTRY_CONFIG: path(`${name}.json`) },
  });
  const helm = (words: readonly string[], name = 'alice'): Promise<string> =>
    runClient('helm', words, options(name));
  const login = (who: Credentials, file = who.username): Promise<string> =>
    runClient('helm', ['registry', 'login', host, '--plain-http', '-u', who.username, '--password-stdin'], {
      ...options(file),
      input: who.password,
    });
  const packageChart = async (version: string): Promise<string> => {
    await writeFile(path('app/Chart.yaml'), `apiVersion: v2\nname: app\nversion: ${version}\n`);
    await helm(['package', 'app']);
    return path(`app-${version}.tgz`);
  };
  const push = async (version: string, namespace = 'alice'): Promise<Buffer> => {
    const file = await packageChart(version);
    await helm(['push', file, `oci://${host}/${namespace}`, '--plain-http']);
    return readFile(file);
  };

  test('a wrong password is refused at the login', async () => {
    await assert.rejects(login({ username: bob.username, password: 'not it' }, 'wrong'), /401|unauthorized/i);
  });

  test('a chart goes in and comes out byte for byte', async () => {
    const chart = await push('1.2.3');
    const stored = await readStoredImage(registry.server, alice, 'alice/app', '1.2.3');
    assert.ok(stored.blobs.includes(digestOf(chart)));
    await mkdir(path('pulled'));
    await helm([
      'pull',
      `oci://${host}/alice/app`,
      '--version',
      '1.2.3',
      '--plain-http',
      '-d',
      path('pulled'),
    ]);
    assert.ok((await readFile(path('pulled/app-1.2.3.tgz'))).equals(chart));
  });

  test('the newest of a range of versions, and build metadata in the tag', async () => {
    await push('1.4.0');
    await push('1.3.0+build.5');
    await push('2.0.0');
    const shown = await helm(['show', 'chart', `oci://${host}/alice/app`, '--version', '^1', '--plain-http']);
    assert.match(shown, /^version: 1\.4\.0$/m);
    await readStoredImage(registry.server, alice, 'alice/app', '1.3.0_build.5');
    const exact = ['show', 'chart', `oci://${host}/alice/app`, '--version', '1.3.0+build.5', '--plain-http'];
    assert.match(await helm(exact), /^version: 1\.3\.0\+build\.5$/m);
  });

  test('permissions of others', async () => {
    const file = await packageChart('3.0.0');
    await login(bob);
    for (const name of ['bob', 'nobody']) {
      const words = ['push', file, `oci://${host}/alice`, '--plain-http'];
      const refused = await tryClient('helm', words, options(name));
      assert.notEqual(refused.code, 0);
      assert.match(refused.output, /401|403|unauthorized|denied|basic credential/i);
    }
    await push('3.0.0', 'alice/public');
    const show = (repository: string): string[] => [
      'show',
      'chart',
      `oci://${host}/${repository}`,
      '--version',
      '>=1',
      '--plain-http',
    ];
    assert.match(await helm(show('alice/public/app'), 'nobody'), /^version: 3\.0\.0$/m);
    const refused = await tryClient('helm', show('alice/app'), options('nobody'));
    assert.notEqual(refused.code, 0);
    assert.match(refused.output, /401|unauthorized|denied|basic credential/i);
  });
});
