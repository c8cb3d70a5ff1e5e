import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { firstConfiguration, writeFirstConfiguration } from '#/config/first-configuration.ts';
import { inspectConfiguration } from '#/config/load-configuration.ts';
import { parseYaml } from '#/config/parse-yaml.ts';
import { parseConnectionUri } from '#/db/connection-uri.ts';

let root = '';

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'wharf-first-'));
});
after(async () => {
  await rm(root, { recursive: true, force: true });
});

test('the first file says what the design says', () => {
  const { values, problems } = parseYaml(firstConfiguration('/var/lib/wharf'), 'config.yaml');
  const { SECRET_KEY, DATABASE_SECRET_KEY, ...rest } = values;
  assert.deepEqual(problems, []);
  assert.deepEqual(rest, {
    AUTHENTICATION_TYPE: 'Database',
    DB_URI: 'sqlite:////var/lib/wharf/wharf.db',
    DISTRIBUTED_STORAGE_CONFIG: { default: ['LocalStorage', { storage_path: '/var/lib/wharf/storage' }] },
    DISTRIBUTED_STORAGE_PREFERENCE: ['default'],
    FEATURE_MAILING: false,
    FEATURE_USER_INITIALIZE: true,
    PREFERRED_URL_SCHEME: 'http',
    SETUP_COMPLETE: true,
  });
  for (const secret of [SECRET_KEY, DATABASE_SECRET_KEY]) {
    assert.ok(typeof secret === 'string');
    assert.match(secret, /^[0-9]+$/);
    assert.equal(BigInt(secret).toString(2).length, 256);
  }
  assert.notEqual(SECRET_KEY, DATABASE_SECRET_KEY);
});

test('each file has secrets of its own', () => {
  assert.notEqual(firstConfiguration('/a'), firstConfiguration('/a'));
});

test('a data directory with unusual characters is found again', () => {
  const directory = '/tmp/a b/%41?#"é';
  const { values } = parseYaml(firstConfiguration(directory), 'config.yaml');
  const target = parseConnectionUri(String(values.DB_URI));
  assert.deepEqual(target, { dialect: 'sqlite', path: `${directory}/wharf.db` });
});

test('the file is private, complete and without problems', async () => {
  const dataDirectory = join(root, 'private');
  const written = await writeFirstConfiguration(join(dataDirectory, 'config'), dataDirectory);
  assert.equal(written.created, true);
  const path = join(dataDirectory, 'config', 'config.yaml');
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal((await stat(join(dataDirectory, 'config'))).mode & 0o777, 0o700);
  assert.equal(await readFile(path, 'utf8'), written.content);
  const report = await inspectConfiguration({ dataDirectory, env: {} });
  assert.deepEqual(report.problems, []);
});

test('an existing file is never replaced', async () => {
  const dataDirectory = join(root, 'existing');
  const directory = join(dataDirectory, 'config');
  const first = await writeFirstConfiguration(directory, dataDirectory);
  const second = await writeFirstConfiguration(directory, dataDirectory);
  assert.deepEqual(second, { content: first.content, created: false });
  assert.deepEqual(await readdir(directory), ['config.yaml']);
});

test('many writers at once agree on one file', async () => {
  const dataDirectory = join(root, 'many');
  const directory = join(dataDirectory, 'config');
  const results = await Promise.all(
    Array.from({ length: 20 }, () => writeFirstConfiguration(directory, dataDirectory)),
  );
  assert.equal(results.filter(({ created }) => created).length, 1);
  assert.equal(new Set(results.map(({ content }) => content)).size, 1);
  assert.deepEqual(await readdir(directory), ['config.yaml']);
});

test('two processes that start at once agree on one configuration', async () => {
  const dataDirectory = join(root, 'processes');
  const module = new URL('./load-configuration.ts', import.meta.url).href;
  const program = `
    const { loadConfiguration } = await import(${JSON.stringify(module)});
    process.stdin.once('data', async () => {
      const { configuration, firstStart } = await loadConfiguration({ dataDirectory: ${JSON.stringify(dataDirectory)}, env: {} });
      const { secretKey, databaseSecretKey } = configuration.secrets;
      console.log(JSON.stringify({ firstStart, keys: secretKey.toString('hex') + databaseSecretKey.toString('hex') }));
      process.exit();
    });
    console.log('ready');
  `;
  const children = [1, 2].map(() => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    return { child, output: child.stdout.setEncoding('utf8') };
  });
  await Promise.all(children.map(({ output }) => once(output, 'data')));
  const answers = children.map(async ({ child, output }) => {
    child.stdin.write('go\n');
    const [text] = await once(output, 'data');
    const answer: { firstStart: boolean; keys: string } = JSON.parse(text);
    return answer;
  });
  const [one, two] = await Promise.all(answers);
  assert.equal(one?.keys, two?.keys);
  assert.equal(Number(one?.firstStart) + Number(two?.firstStart), 1);
});

test('a directory that cannot be written is an error, not a server without keys', async () => {
  // Not even root can make a folder below a file.
  const file = join(root, 'a-file');
  await writeFile(file, '');
  await assert.rejects(writeFirstConfiguration(join(file, 'config'), root), { code: 'ENOTDIR' });
});
