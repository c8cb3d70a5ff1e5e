import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findConfigurationDirectory } from '#/config/find-directory.ts';

let root = '';
const home = process.cwd();

async function placeFile(...parts: string[]): Promise<void> {
  await mkdir(join(root, ...parts), { recursive: true });
  await writeFile(join(root, ...parts, 'config.yaml'), '');
}

before(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'wharf-find-')));
  process.chdir(root);
});
after(async () => {
  process.chdir(home);
  await rm(root, { recursive: true, force: true });
});

test('the first place that holds a configuration counts', async () => {
  const find = (directory?: string, env: Record<string, string> = {}) =>
    findConfigurationDirectory({ directory, dataDirectory: 'data', env });

  assert.equal(await find(), join(root, 'data', 'config'));
  await mkdir(join(root, 'conf', 'stack'), { recursive: true });
  assert.equal(await find(), join(root, 'data', 'config'), 'an empty conf/stack does not count');
  await placeFile('conf', 'stack');
  assert.equal(await find(), join(root, 'conf', 'stack'));
  await placeFile('elsewhere', 'stack');
  const inherited = { QUAYCONF: join(root, 'elsewhere') };
  assert.equal(await find(undefined, inherited), join(root, 'elsewhere', 'stack'));
  assert.equal(await find('given', inherited), join(root, 'given'), 'a given directory always counts');
});
