import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../bin/wharf.js', import.meta.url));
let root = '';

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'wharf-main-'));
});
after(async () => {
  await rm(root, { recursive: true, force: true });
});

function wharf(
  args: readonly string[],
  options: { script?: string; env?: Record<string, string>; nodeArgs?: string[] } = {},
) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...(options.nodeArgs ?? []), options.script ?? main, ...args],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, ...options.env },
      timeout: 30_000,
    },
  );
  return { status, stdout, stderr };
}

test('exit codes reach the shell', () => {
  assert.equal(wharf(['--version']).status, 0);
  assert.equal(wharf(['no-such-command']).status, 2);
});

test('it works through a link, as npm makes one', async () => {
  const link = join(root, 'wharf');
  await symlink(main, link);
  const { status, stdout } = wharf(['check-config'], { script: link });
  assert.equal(status, 0);
  assert.match(stdout, /the first start writes/);
});

test('commands that only look leave no data directory behind', () => {
  wharf(['check-config']);
  wharf(['--help']);
  wharf(['serve', '--help']);
  assert.equal(existsSync(join(root, 'data')), false);
});

test('at least 16 threads serve the file system, whatever the environment says', async () => {
  const preload = join(root, 'report.cjs');
  await writeFile(
    preload,
    "process.on('exit', () => console.error('threads', process.env.UV_THREADPOOL_SIZE));",
  );
  const threads = (env: Record<string, string>) =>
    /threads (\d+)/.exec(wharf(['--version'], { env, nodeArgs: ['--require', preload] }).stderr)?.[1];
  assert.equal(threads({ UV_THREADPOOL_SIZE: '' }), '16');
  assert.equal(threads({ UV_THREADPOOL_SIZE: '4' }), '16');
  assert.equal(threads({ UV_THREADPOOL_SIZE: '64' }), '64');
});

test('an older Node is refused in one line', async () => {
  const preload = join(root, 'older.cjs');
  await writeFile(preload, "Object.defineProperty(process.versions, 'node', { value: '24.2.0' });");
  const { status, stdout, stderr } = wharf(['--version'], { nodeArgs: ['--require', preload] });
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, /^wharf: needs Node \d+\.\d+\.\d+ or newer, and this is 24\.2\.0; .*npx wharf.*\n$/);
});

test('a reader that stops early is no failure', () => {
  const pipe = `"${process.execPath}" "${main}" serve --help | head -n 1`;
  const { status, stderr } = spawnSync('bash', ['-o', 'pipefail', '-c', pipe], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.deepEqual([status, stderr], [0, '']);
});
