import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { scratchDirectory } from '#/testing/scratch-directory.ts';

const skip = straceAbsence();
const directory = scratchDirectory();
let scripts = 0;

describe('order of durable system calls of the local driver', { skip: skip ?? false }, () => {
  test('a new root and the folders above it are on disk before the first write', async () => {
    const calls = await trace(`
      createLocalDriver({ storagePath: root + '/above/root' });
      mark('opened');
    `);
    assertOrder(calls, [/^mkdir\(above\/root\)/, /^fsync\(above\)/, /^fsync\(\.\)/, /^mark opened/]);
  });

  test('append: the bytes are on disk before it returns', async () => {
    const calls = await trace(`
      await driver.append('one', {}, 0, pieces('hello'));
      mark('appended');
    `);
    assertOrder(calls, [
      /^openat\(uploads\/one\)/,
      /^write\(uploads\/one\)/,
      /^fdatasync\(uploads\/one\)/,
      /^mark appended/,
    ]);
  });

  test('append at an offset: what is beyond is cut off before anything is written', async () => {
    const calls = await trace(`
      await driver.append('one', {}, 0, pieces('hello, lost'));
      mark('first');
      await driver.append('one', {}, 5, pieces(' you'));
      mark('second');
    `);
    assertOrder(calls, [
      /^mark first/,
      /^ftruncate\(uploads\/one\)/,
      /^write\(uploads\/one\)/,
      /^fdatasync\(uploads\/one\)/,
      /^mark second/,
    ]);
  });

  test('completion: the rename and each new folder are on disk before it returns', async () => {
    const calls = await trace(`
      await driver.append('one', {}, 0, pieces('hello'));
      mark('appended');
      await driver.completeUpload('one', {}, 5, 'sha256/ab/cd');
      mark('completed');
    `);
    const renamed = [
      /^mark appended/,
      /^mkdir\(sha256\)/,
      /^mkdir\(sha256\/ab\)/,
      /^rename\(uploads\/one, sha256\/ab\/cd\)/,
    ];
    for (const folder of [/^fsync\(sha256\/ab\)/, /^fsync\(sha256\)/, /^fsync\(\.\)/]) {
      assertOrder(calls, [...renamed, folder, /^mark completed/]);
    }
  });

  test('completion: a folder that somebody else made is synced once before it is trusted', async () => {
    const calls = await trace(`
      mkdirSync(root + '/sha256/ab', { recursive: true });
      for (const id of ['one', 'two']) {
        await driver.append(id, {}, 0, pieces('hello'));
        mark('appended ' + id);
        await driver.completeUpload(id, {}, 5, 'sha256/ab/' + id);
        mark('completed ' + id);
      }
    `);
    for (const folder of [/^fsync\(sha256\/ab\)/, /^fsync\(sha256\)/, /^fsync\(\.\)/]) {
      assertOrder(calls, [/^mark appended one/, /^rename\(uploads\/one,/, folder, /^mark completed one/]);
    }
    assertOrder(calls, [
      /^mark appended two/,
      /^rename\(uploads\/two,/,
      /^fsync\(sha256\/ab\)/,
      /^mark completed two/,
    ]);
    const later = calls.slice(calls.indexOf('mark appended two'));
    assert.equal(later.includes('fsync(sha256)'), false);
  });

  test('completion with fewer bytes than the file holds: cut and synced before the rename', async () => {
    const calls = await trace(`
      await driver.append('one', {}, 0, pieces('hello, lost'));
      mark('appended');
      await driver.completeUpload('one', {}, 5, 'sha256/ab/cd');
    `);
    assertOrder(calls, [
      /^mark appended/,
      /^ftruncate\(uploads\/one\)/,
      /^fsync\(uploads\/one\)/,
      /^rename\(uploads\/one,/,
    ]);
  });

  test('put: the temporary file is on disk before it gets its name', async () => {
    const calls = await trace(`
      await driver.put('sha256/ab/cd', Buffer.from('hello'));
      mark('put');
    `);
    assertOrder(calls, [
      /^write\(uploads\/[^)]+\.put\)/,
      /^fsync\(uploads\/[^)]+\.put\)/,
      /^rename\(uploads\/[^)]+\.put, sha256\/ab\/cd\)/,
      /^fsync\(sha256\/ab\)/,
      /^mark put/,
    ]);
  });

  test('remove: the folder is synced before it returns', async () => {
    const calls = await trace(`
      await driver.put('sha256/ab/cd', Buffer.from('hello'));
      mark('put');
      await driver.remove('sha256/ab/cd');
      mark('removed');
    `);
    assertOrder(calls, [/^mark put/, /^unlink\(sha256\/ab\/cd\)/, /^fsync\(sha256\/ab\)/, /^mark removed/]);
  });
});

/** Runs a piece of code with a driver under strace; gives the calls that touch its store, in the order of their return. */
async function trace(code: string): Promise<string[]> {
  scripts += 1;
  const root = join(directory, `store-${scripts}`);
  const script = join(directory, `script-${scripts}.ts`);
  const output = join(directory, `trace-${scripts}`);
  const driver = new URL('./local.ts', import.meta.url).href;
  writeFileSync(
    script,
    `import { accessSync, mkdirSync } from 'node:fs';
    import { createLocalDriver } from ${JSON.stringify(driver)};
    const root = ${JSON.stringify(root)};
    const driver = createLocalDriver({ storagePath: root });
    async function* pieces(text) { yield Buffer.from(text); }
    function mark(name) { try { accessSync(root + '/mark ' + name); } catch {} }
    ${code}`,
  );
  const traced =
    'openat,mkdir,rename,unlink,fsync,fdatasync,ftruncate,write,pwrite64,writev,pwritev,pwritev2,access,faccessat,faccessat2';
  // -y names the file of each descriptor, so that calls of different threads can be told apart.
  await promisify(execFile)(
    'strace',
    ['-f', '-qq', '-y', '-s', '4096', '-e', `trace=${traced}`, '-o', output, process.execPath, script],
    { timeout: 60_000 },
  );
  return parseTrace(readFileSync(output, 'utf8'), root);
}

function parseTrace(text: string, root: string): string[] {
  const begun = new Map<string, string>();
  const calls: string[] = [];
  for (const line of text.split('\n')) {
    const [, thread, rest] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    if (thread === undefined || rest === undefined) continue;
    if (rest.endsWith('<unfinished ...>')) {
      begun.set(thread, rest);
      continue;
    }
    const resumed = /^<\.\.\. (\w+) resumed>/.exec(rest);
    const call = resumed === null ? rest : (begun.get(thread) ?? '');
    const name = /^(\w+)\(/.exec(call)?.[1];
    const paths = [...call.matchAll(/["<]([^">]*)[">]/g)]
      .map((match) => match[1] ?? '')
      .filter((path) => path === root || path.startsWith(`${root}/`))
      .map((path) => (path === root ? '.' : path.slice(root.length + 1)));
    const [first] = paths;
    if (name === undefined || first === undefined) continue;
    if (first.startsWith('mark ')) calls.push(first);
    else if (name === 'openat') calls.push(`openat(${first})`);
    else calls.push(`${name.replace(/^p?writev?(?:64|2)?$/, 'write')}(${paths.join(', ')})`);
  }
  return calls;
}

/** Every pattern matches some call after the one that the pattern before it matched. */
function assertOrder(calls: readonly string[], patterns: readonly RegExp[]): void {
  let position = -1;
  for (const pattern of patterns) {
    const found = calls.findIndex((call, index) => index > position && pattern.test(call));
    assert.notEqual(found, -1, `no ${pattern} after call ${position} of:\n${calls.join('\n')}`);
    position = found;
  }
}

function straceAbsence(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  if (folders.some((folder) => existsSync(join(folder, 'strace')))) return undefined;
  const reason = 'SKIPPED: the order of system calls needs strace';
  if (process.env.REQUIRE_ALL === '1') throw new Error(reason);
  process.stderr.write(`${reason}\n`);
  return reason;
}
