import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfiguration } from '#/config/load-configuration.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { writeTestConfiguration } from '#/testing/write-test-configuration.ts';
import { createLiveConfiguration } from './live-configuration.ts';

const dataDirectory = scratchDirectory();

async function load(keys: Readonly<Record<string, unknown>>) {
  const directory = await writeTestConfiguration(dataDirectory, keys);
  return (await loadConfiguration({ directory, dataDirectory, env: {} })).configuration;
}

test('derived objects stay the same and follow all fields, those that vanish too', async () => {
  const live = createLiveConfiguration(await load({ SERVER_HOSTNAME: 'one.example.com' }));
  const selected = live.derive(({ server }) => ({
    ...(server.serverHostname === undefined ? {} : { host: server.serverHostname }),
    scheme: server.preferredUrlScheme,
  }));
  const before = selected;
  await live.replace(await load({ PREFERRED_URL_SCHEME: 'https' }));
  assert.equal(selected, before);
  assert.deepEqual(selected, { scheme: 'https' });
});

test('a selection that throws leaves everything as it was', async () => {
  const live = createLiveConfiguration(await load({ REGISTRY_TITLE: 'first' }));
  const title = live.derive(({ interface: ui }) => ({ text: ui.registryTitle }));
  live.derive(({ interface: ui }) => {
    if (ui.registryTitle === 'broken') throw new Error('no');
    return {};
  });
  const next = await load({ REGISTRY_TITLE: 'broken' });
  await assert.rejects(live.replace(next), /no/);
  assert.equal(title.text, 'first');
  assert.equal(live.current.interface.registryTitle, 'first');
});

test('listeners hear of both configurations after the objects follow', async () => {
  const live = createLiveConfiguration(await load({ REGISTRY_TITLE: 'first' }));
  const title = live.derive(({ interface: ui }) => ({ text: ui.registryTitle }));
  const heard: string[] = [];
  const end = live.onChange((next, previous) => {
    heard.push(`${previous.interface.registryTitle} ${next.interface.registryTitle} ${title.text}`);
  });
  await live.replace(await load({ REGISTRY_TITLE: 'second' }));
  end();
  await live.replace(await load({ REGISTRY_TITLE: 'third' }));
  assert.deepEqual(heard, ['first second second']);
});
