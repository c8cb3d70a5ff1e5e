import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { StorageError } from '#/storage/driver.ts';
import { createLocalDriver } from '#/storage/drivers/local.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';

const directory = scratchDirectory();
const mebibyte = 1024 * 1024;

async function failureOf(work: Promise<unknown>): Promise<StorageError> {
  const failure = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(failure instanceof StorageError, `${failure} is no StorageError`);
  assert.equal(failure.message.includes(directory), false, 'the message names a path of the machine');
  return failure;
}

async function allUnavailable(attempts: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const attempt of attempts) {
    assert.equal((await failureOf(attempt())).kind, 'unavailable', attempt.toString());
  }
}

async function* pieces(count: number, piece: Buffer): AsyncGenerator<Buffer> {
  for (let index = 0; index < count; index += 1) yield piece;
}

describe('local driver: a store that is gone', () => {
  const path = 'sha256/ab/cd';

  test('everything is unavailable, nothing is not found, and nothing is made anew; it heals when it is back', async () => {
    const storagePath = join(directory, randomUUID());
    const driver = createLocalDriver({ storagePath });
    await driver.put(path, Buffer.from('kept'));
    await driver.append('one', {}, 0, pieces(1, Buffer.from('hello')));
    renameSync(storagePath, `${storagePath}-away`);

    await allUnavailable([
      () => driver.stat(path),
      () => driver.read(path),
      () => driver.readSmall(path),
      () => driver.remove(path),
      () => driver.put(path, Buffer.from('x')),
      () => driver.append('one', {}, 5, pieces(1, Buffer.from('x'))),
      () => driver.append('two', {}, 0, pieces(1, Buffer.from('x'))),
      () => driver.readUpload('one', {}, 5),
      () => driver.completeUpload('one', {}, 5, path),
      () => driver.cancelUpload('one', {}),
      () => driver.cleanUploads(Date.now(), async () => false),
      () => driver.check(),
    ]);
    assert.throws(() => statSync(storagePath), { code: 'ENOENT' });

    renameSync(`${storagePath}-away`, storagePath);
    assert.equal((await driver.readSmall(path)).toString(), 'kept');
    await driver.completeUpload('one', {}, 5, 'sha256/ef/gh');
    assert.equal((await driver.readSmall('sha256/ef/gh')).toString(), 'hello');
  });

  test('folders that somebody removed are made again', async () => {
    const storagePath = join(directory, randomUUID());
    const driver = createLocalDriver({ storagePath });
    await driver.put(path, Buffer.from('x'));
    await driver.append('one', {}, 0, pieces(1, Buffer.from('hello')));
    rmSync(join(storagePath, 'sha256'), { recursive: true });
    await driver.completeUpload('one', {}, 5, path);
    rmSync(join(storagePath, 'uploads'), { recursive: true });
    await driver.append('two', {}, 0, pieces(1, Buffer.from('hello')));
    assert.equal((await driver.readSmall(path)).toString(), 'hello');
  });

  test('a storage path that is a file is refused at once', () => {
    const storagePath = join(directory, randomUUID());
    writeFileSync(storagePath, 'x');
    assert.throws(
      () => createLocalDriver({ storagePath }),
      (error: unknown) => error instanceof StorageError && error.kind === 'unavailable',
    );
  });
});

describe('local driver: uploads of another hand', () => {
  test('cleaning leaves folders and links alone, and collects temporary files of a crash', async () => {
    const storagePath = join(directory, randomUUID());
    const driver = createLocalDriver({ storagePath });
    const uploads = join(storagePath, 'uploads');
    mkdirSync(join(uploads, 'folder'), { recursive: true });
    writeFileSync(join(directory, 'outside'), 'x');
    symlinkSync(join(directory, 'outside'), join(uploads, 'link'));
    writeFileSync(join(uploads, 'crashed.put'), 'x');
    const { removed } = await driver.cleanUploads(Date.now() + 60_000, async () => false);
    assert.equal(removed, 1);
    assert.deepEqual(readdirSync(uploads).toSorted(), ['folder', 'link']);
  });

  test('a failed put leaves no temporary file', async () => {
    const storagePath = join(directory, randomUUID());
    const driver = createLocalDriver({ storagePath });
    mkdirSync(join(storagePath, 'sha256/ab/cd'), { recursive: true });
    assert.equal((await failureOf(driver.put('sha256/ab/cd', Buffer.from('x')))).kind, 'invalid');
    assert.deepEqual(readdirSync(join(storagePath, 'uploads')), []);
  });
});

describe('local driver: a full or read-only file system', () => {
  const mounted: string[] = [];
  after(() => {
    for (const path of mounted) execFileSync('umount', [path]);
  });

  function mountSmall(): string | undefined {
    const path = join(directory, randomUUID());
    mkdirSync(path);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', path], { stdio: 'ignore' });
    } catch {
      return undefined;
    }
    mounted.push(path);
    return path;
  }

  const storagePath = mountSmall();
  const reason = 'SKIPPED: a full file system needs the right to mount';
  if (storagePath === undefined) {
    if (process.env.REQUIRE_ALL === '1') throw new Error(reason);
    process.stderr.write(`${reason}\n`);
  }

  test('full: what was acknowledged stays, the room is given back, and the upload goes on', {
    skip: storagePath === undefined && reason,
  }, async () => {
    const driver = createLocalDriver({ storagePath: storagePath ?? '' });
    const piece = Buffer.alloc(mebibyte, 'a');
    await driver.append('one', {}, 0, pieces(3, piece));
    assert.equal((await failureOf(driver.append('one', {}, 3 * mebibyte, pieces(20, piece)))).kind, 'full');
    assert.equal(statSync(join(storagePath ?? '', 'uploads/one')).size, 3 * mebibyte);
    assert.equal((await failureOf(driver.put('a/b', Buffer.alloc(9 * mebibyte)))).kind, 'full');
    assert.deepEqual(readdirSync(join(storagePath ?? '', 'uploads')), ['one']);
    const more = await driver.append('one', {}, 3 * mebibyte, pieces(2, piece));
    await driver.completeUpload('one', more.state, 5 * mebibyte, 'sha256/ab/cd');
    assert.deepEqual(await driver.stat('sha256/ab/cd'), { sizeBytes: 5 * mebibyte });
  });

  test('read-only: reads go on, writes are unavailable', {
    skip: storagePath === undefined && reason,
  }, async () => {
    const driver = createLocalDriver({ storagePath: storagePath ?? '' });
    await driver.put('a/c', Buffer.from('kept'));
    execFileSync('mount', ['-o', 'remount,ro', storagePath ?? '']);
    assert.equal((await driver.readSmall('a/c')).toString(), 'kept');
    await allUnavailable([
      () => driver.put('a/c', Buffer.from('x')),
      () => driver.remove('a/c'),
      () => driver.append('two', {}, 0, pieces(1, Buffer.from('x'))),
      () => driver.check(),
    ]);
  });
});
