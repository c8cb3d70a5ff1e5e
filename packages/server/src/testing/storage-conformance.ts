import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type StorageDriver, StorageError, type UploadState } from '#/storage/driver.ts';

/** A store under test. */
export interface StorageHarness {
  /** A driver on a new, empty store; `reopen` gives another instance on the same store, as after a restart. */
  open(): Promise<{ readonly driver: StorageDriver; reopen(): Promise<StorageDriver> }>;
  readonly hasSignedUrls: boolean;
  /** False only for a store that is memory itself. */
  readonly isBounded: boolean;
  readonly skip?: string | undefined;
}

const mebibyte = 1024 * 1024;
const boundedBytes = 40 * mebibyte;
const objectPath = 'sha256/ab/abcdef';

/** Every promise of `StorageDriver`, for one driver. */
export function storageConformance(title: string, harness: StorageHarness): void {
  describe(`storage: ${title}`, { skip: harness.skip ?? false }, () => {
    const opened: StorageDriver[] = [];
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((driver) => driver.close()));
    });
    const openStore = async (): ReturnType<StorageHarness['open']> => {
      const { driver, reopen } = await harness.open();
      opened.push(driver);
      return {
        driver,
        async reopen() {
          const other = await reopen();
          opened.push(other);
          return other;
        },
      };
    };
    const open = async (): Promise<StorageDriver> => (await openStore()).driver;

    testObjects(open);
    testRanges(open);
    testUploads(open, openStore);
    testRefusals(open);
    testCleaning(open);
    if (harness.isBounded) testMemory(open);
    if (harness.hasSignedUrls) testSignedUrls(open);
    else {
      test('has no signed URL', async () => {
        const driver = await open();
        await driver.put(objectPath, Buffer.from('x'));
        assert.equal(await driver.signedUrl(objectPath, { expiresInSeconds: 60, method: 'GET' }), undefined);
      });
    }
  });
}

type Open = () => Promise<StorageDriver>;

function testObjects(open: Open): void {
  for (const sizeBytes of [0, 1, 70_000, 9 * mebibyte + 1]) {
    test(`puts and reads ${sizeBytes} bytes from a buffer and from a stream`, async () => {
      const driver = await open();
      const bytes = patternBytes(sizeBytes, 1);
      assert.deepEqual(await driver.put('a/buffer', bytes), { sizeBytes });
      assert.deepEqual(await driver.put('a/stream', await driver.read('a/buffer')), { sizeBytes });
      assert.deepEqual(await driver.stat('a/stream'), { sizeBytes });
      assert.equal(sha256(await driver.readSmall('a/stream')), sha256(bytes));
      assert.equal(sha256(await readAll(driver.read('a/stream'))), sha256(bytes));
    });
  }

  test('replaces an object as a whole', async () => {
    const driver = await open();
    await driver.put(objectPath, Buffer.from('a longer old text'));
    await driver.put(objectPath, Buffer.from('new'));
    assert.equal((await driver.readSmall(objectPath)).toString(), 'new');
  });

  for (const sizeBytes of [10, 9 * mebibyte]) {
    test(`a put whose source fails after ${sizeBytes} bytes leaves the old object`, async () => {
      const driver = await open();
      await driver.put(objectPath, Buffer.from('old'));
      const failure = new Error('the source failed');
      const source = Readable.from(failingAfter([patternBytes(sizeBytes, 2)], failure), {
        objectMode: false,
      });
      await assert.rejects(driver.put(objectPath, source), failure);
      assert.equal((await driver.readSmall(objectPath)).toString(), 'old');
    });
  }

  test('an absent object is not found, and its removal is no error', async () => {
    const driver = await open();
    assert.equal(await driver.stat(objectPath), undefined);
    await rejectsWith('not_found', driver.read(objectPath));
    await rejectsWith('not_found', driver.read(objectPath, { start: 0, end: 0 }));
    await rejectsWith('not_found', driver.readSmall(objectPath));
    if (driver.openFile !== undefined) await rejectsWith('not_found', driver.openFile(objectPath));
    await driver.remove(objectPath);
  });

  test('a removed object is gone; its neighbour and its folder stay usable', async () => {
    const driver = await open();
    await driver.put('sha256/ab/one', Buffer.from('1'));
    await driver.put('sha256/ab/two', Buffer.from('2'));
    await driver.remove('sha256/ab/one');
    await driver.remove('sha256/ab/one');
    assert.equal(await driver.stat('sha256/ab/one'), undefined);
    assert.equal((await driver.readSmall('sha256/ab/two')).toString(), '2');
    await driver.put('sha256/ab/one', Buffer.from('3'));
    assert.equal((await driver.readSmall('sha256/ab/one')).toString(), '3');
  });

  test('an open file reads at any position, where the driver has files', async () => {
    const driver = await open();
    await driver.put(objectPath, Buffer.from('0123456789'));
    if (driver.openFile === undefined) return;
    const handle = await driver.openFile(objectPath);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 3);
    await handle.close();
    assert.equal(buffer.toString('utf8', 0, bytesRead), '3456');
  });

  test('checks itself, more than once', async () => {
    const driver = await open();
    await driver.check();
    await driver.check();
    assert.ok(((await driver.stat('_verify'))?.sizeBytes ?? 0) > 0);
  });
}

function testRanges(open: Open): void {
  const bytes = patternBytes(300_000, 3);
  const last = bytes.length - 1;
  for (const [name, start, end] of [
    ['the first byte', 0, 0],
    ['some in the middle', 1_000, 2_500],
    ['across inner borders', 65_000, 270_000],
    ['the last byte', last, last],
    ['all of it', 0, last],
    ['more than there is', last - 9, last + 1_000],
  ] as const) {
    test(`reads a range: ${name}`, async () => {
      const driver = await open();
      await driver.put(objectPath, bytes);
      const found = await readAll(driver.read(objectPath, { start, end }));
      assert.equal(sha256(found), sha256(bytes.subarray(start, end + 1)));
    });
  }

  test('a range with no byte of the object is invalid', async () => {
    const driver = await open();
    await driver.put(objectPath, Buffer.from('0123456789'));
    await rejectsWith('invalid', driver.read(objectPath, { start: 10, end: 12 }));
    await rejectsWith('invalid', driver.read(objectPath, { start: 5, end: 4 }));
    await rejectsWith('invalid', driver.read(objectPath, { start: -1, end: 4 }));
    await rejectsWith('invalid', driver.read(objectPath, { start: 0.5, end: 4 }));
  });

  test('a stream that is given up harms nobody', async () => {
    const driver = await open();
    await driver.put(objectPath, patternBytes(4 * mebibyte, 4));
    for await (const piece of await driver.read(objectPath)) {
      assert.ok(piece.length > 0);
      break;
    }
    (await driver.read(objectPath)).destroy();
    assert.equal((await driver.stat(objectPath))?.sizeBytes, 4 * mebibyte);
  });
}

/** Small, empty, just above the smallest part of an object store, exactly a usual part, and odd. */
const chunkSizes = [1, 0, 70_000, 5 * mebibyte + 3, 17, 8 * mebibyte, 2_000_001, 6 * mebibyte, 5];

function testUploads(open: Open, openStore: StorageHarness['open']): void {
  test('an upload grows by chunks of any size, each after a restart', async () => {
    const { reopen } = await openStore();
    const chunks = chunkSizes.map((size, index) => patternBytes(size, index));
    const whole = Buffer.concat(chunks);
    const uploadId = randomUUID();
    let state = await (await reopen()).startUpload(uploadId);
    let offset = 0;
    for (const chunk of chunks) {
      const driver = await reopen();
      const result = await driver.append(uploadId, throughJson(state), offset, pieces(chunk, 65_536));
      assert.equal(result.writtenBytes, chunk.length);
      assert.equal('sourceError' in result, false);
      state = result.state;
      offset += chunk.length;
      const stored = await readAll(driver.readUpload(uploadId, throughJson(state), offset));
      assert.equal(sha256(stored), sha256(whole.subarray(0, offset)));
    }
    const driver = await reopen();
    await driver.completeUpload(uploadId, throughJson(state), offset, objectPath);
    assert.deepEqual(await driver.stat(objectPath), { sizeBytes: whole.length });
    assert.equal(sha256(await readAll(driver.read(objectPath))), sha256(whole));
  });

  test('many tiny chunks make one object', async () => {
    const driver = await open();
    const upload = await startUpload(driver);
    for (let index = 0; index < 40; index += 1) await upload.append(Buffer.from(`${index},`));
    await upload.complete(objectPath);
    const expected = Array.from({ length: 40 }, (_, index) => `${index},`).join('');
    assert.equal((await driver.readSmall(objectPath)).toString(), expected);
  });

  test('a source of single bytes is no burden', async () => {
    const driver = await open();
    const upload = await startUpload(driver);
    const bytes = patternBytes(300_000, 8);
    await upload.appendFrom(pieces(bytes, 1));
    await upload.complete(objectPath);
    assert.equal(sha256(await readAll(driver.read(objectPath))), sha256(bytes));
  });

  test('an upload without a byte becomes an empty object', async () => {
    const driver = await open();
    const upload = await startUpload(driver);
    await upload.complete('sha256/aa/none');
    assert.deepEqual(await driver.stat('sha256/aa/none'), { sizeBytes: 0 });
    const other = await startUpload(driver);
    await other.append(Buffer.alloc(0));
    await other.complete('sha256/aa/empty');
    assert.deepEqual(await driver.stat('sha256/aa/empty'), { sizeBytes: 0 });
  });

  for (const lostBytes of [3, 6 * mebibyte]) {
    test(`what was written but never stored is dropped (${lostBytes} bytes)`, async () => {
      const { driver, reopen } = await openStore();
      const kept = patternBytes(5 * mebibyte + 7, 1);
      const upload = await startUpload(driver);
      await upload.append(kept);
      await driver.append(
        upload.id,
        upload.state(),
        upload.offset(),
        pieces(patternBytes(lostBytes, 2), 999),
      );
      const again = await reopen();
      const rest = Buffer.from('the rest');
      const result = await again.append(upload.id, throughJson(upload.state()), kept.length, pieces(rest, 3));
      const sizeBytes = kept.length + rest.length;
      await again.completeUpload(upload.id, result.state, sizeBytes, objectPath);
      assert.equal(sha256(await readAll(again.read(objectPath))), sha256(Buffer.concat([kept, rest])));
    });
  }

  for (const [name, cut] of [
    ['inside the first chunk', 5],
    ['between chunks', 6 * mebibyte],
    ['inside the last chunk', 6 * mebibyte + 70_000],
  ] as const) {
    test(`an append at an older offset, ${name}, drops what is beyond`, async () => {
      const driver = await open();
      const first = patternBytes(6 * mebibyte, 1);
      const second = patternBytes(100_000, 2);
      const upload = await startUpload(driver);
      await upload.append(first);
      await upload.append(second);
      const rest = Buffer.from('instead');
      const result = await driver.append(upload.id, upload.state(), cut, pieces(rest, 4));
      await driver.completeUpload(upload.id, result.state, cut + rest.length, objectPath);
      const expected = Buffer.concat([Buffer.concat([first, second]).subarray(0, cut), rest]);
      assert.equal(sha256(await readAll(driver.read(objectPath))), sha256(expected));
    });
  }

  test('completion takes the stated number of bytes, not what else is there', async () => {
    const driver = await open();
    const bytes = patternBytes(11 * mebibyte, 5);
    for (const sizeBytes of [4, 5 * mebibyte + 1, 10 * mebibyte, bytes.length]) {
      const upload = await startUpload(driver);
      await upload.append(bytes.subarray(0, 6 * mebibyte));
      await upload.append(bytes.subarray(6 * mebibyte));
      await driver.completeUpload(upload.id, upload.state(), sizeBytes, objectPath);
      const found = await readAll(driver.read(objectPath));
      assert.equal(sha256(found), sha256(bytes.subarray(0, sizeBytes)), `${sizeBytes} bytes`);
    }
  });

  test('more bytes than the store holds: not found', async () => {
    const driver = await open();
    const upload = await startUpload(driver);
    await rejectsWith('not_found', driver.append(upload.id, upload.state(), 1, pieces(Buffer.from('x'), 1)));
    await upload.append(Buffer.from('12345'));
    await rejectsWith('not_found', driver.append(upload.id, upload.state(), 6, pieces(Buffer.from('x'), 1)));
    await rejectsWith('not_found', driver.completeUpload(upload.id, upload.state(), 6, objectPath));
    await rejectsWith('not_found', readAll(driver.readUpload(upload.id, upload.state(), 6)));
    assert.equal(await driver.stat(objectPath), undefined);
    await upload.complete(objectPath);
    assert.equal((await driver.readSmall(objectPath)).toString(), '12345');
  });

  for (const arrivedBytes of [0, 100_000, 9 * mebibyte]) {
    test(`a source that fails after ${arrivedBytes} bytes: they are kept and the upload goes on`, async () => {
      const { driver, reopen } = await openStore();
      const first = patternBytes(1_000, 1);
      const arrived = patternBytes(arrivedBytes, 2);
      const failure = new Error('the client went away');
      const upload = await startUpload(driver);
      await upload.append(first);
      const source = failingAfter([...cutPieces(arrived, 60_000)], failure);
      const result = await driver.append(upload.id, upload.state(), first.length, source);
      assert.equal(result.writtenBytes, arrived.length);
      assert.equal(result.sourceError, failure);

      const again = await reopen();
      const offset = first.length + arrived.length;
      const rest = Buffer.from('the rest');
      const ended = await again.append(upload.id, throughJson(result.state), offset, pieces(rest, 100));
      await again.completeUpload(upload.id, ended.state, offset + rest.length, objectPath);
      const expected = Buffer.concat([first, arrived, rest]);
      assert.equal(sha256(await readAll(again.read(objectPath))), sha256(expected));
    });
  }

  test('completion replaces an existing object and ends the upload', async () => {
    const driver = await open();
    await driver.put(objectPath, Buffer.from('an older and longer text'));
    const upload = await startUpload(driver);
    await upload.append(Buffer.from('new'));
    await upload.complete(objectPath);
    assert.equal((await driver.readSmall(objectPath)).toString(), 'new');
    await rejectsWith('not_found', upload.complete('sha256/cd/other'));
    assert.equal((await driver.cleanUploads(farFuture(), async () => false)).removed, 0);
  });

  test('a cancelled upload is gone, and cancelling again is no error', async () => {
    const driver = await open();
    const upload = await startUpload(driver);
    await upload.append(patternBytes(70_000, 1));
    await upload.append(patternBytes(70_000, 2));
    await driver.cancelUpload(upload.id, upload.state());
    await driver.cancelUpload(upload.id, upload.state());
    await driver.cancelUpload(randomUUID(), await driver.startUpload(randomUUID()));
    await rejectsWith('not_found', upload.complete(objectPath));
    assert.equal((await driver.cleanUploads(farFuture(), async () => false)).removed, 0);
  });

  test('twenty uploads at once do not mix', async () => {
    const driver = await open();
    const bodies = Array.from({ length: 20 }, (_, index) => patternBytes(100_000 + index * 37_777, index));
    await Promise.all(
      bodies.map(async (body, index) => {
        const upload = await startUpload(driver);
        await upload.append(body.subarray(0, 50_000));
        await upload.append(body.subarray(50_000));
        await upload.complete(`sha256/${index % 3}0/${index}`);
      }),
    );
    for (const [index, body] of bodies.entries()) {
      assert.equal(sha256(await readAll(driver.read(`sha256/${index % 3}0/${index}`))), sha256(body));
    }
  });

  test('ten uploads to the same path at once leave one whole object', async () => {
    const driver = await open();
    const body = patternBytes(200_000, 9);
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const upload = await startUpload(driver);
        await upload.append(body);
        await upload.complete(objectPath);
      }),
    );
    assert.equal(sha256(await readAll(driver.read(objectPath))), sha256(body));
  });
}

function testRefusals(open: Open): void {
  const hostileIds = [
    '',
    '.',
    '..',
    '../x',
    'a/b',
    'a\\b',
    'a\0b',
    '-x',
    'a.b',
    '%2e%2e',
    'é',
    'x'.repeat(300),
  ];
  test('hostile upload ids are refused everywhere', async () => {
    const driver = await open();
    for (const uploadId of hostileIds) {
      const source = pieces(Buffer.from('x'), 1);
      await rejectsWith('invalid', driver.startUpload(uploadId));
      await rejectsWith('invalid', driver.append(uploadId, {}, 0, source));
      await rejectsWith('invalid', readAll(driver.readUpload(uploadId, {}, 0)));
      await rejectsWith('invalid', driver.completeUpload(uploadId, {}, 0, objectPath));
      await rejectsWith('invalid', driver.cancelUpload(uploadId, {}));
    }
  });

  const hostilePaths = [
    '',
    '/etc/passwd',
    '..',
    '../x',
    'a/../../x',
    'a//b',
    './a',
    'a/',
    'a\0b',
    'a\\b',
    'a\nb',
  ];
  test('hostile paths are refused everywhere', async () => {
    const driver = await open();
    const upload = await startUpload(driver);
    for (const path of [...hostilePaths, `a/${'x'.repeat(300)}`, 'a/'.repeat(600)]) {
      await rejectsWith('invalid', driver.put(path, Buffer.from('x')));
      await rejectsWith('invalid', driver.read(path));
      await rejectsWith('invalid', driver.readSmall(path));
      await rejectsWith('invalid', driver.stat(path));
      await rejectsWith('invalid', driver.remove(path));
      await rejectsWith('invalid', driver.completeUpload(upload.id, upload.state(), 0, path));
    }
  });
}

function testCleaning(open: Open): void {
  test('removes old uploads that nobody knows, and no others', async () => {
    const driver = await open();
    const known = await startUpload(driver);
    const unknown = await startUpload(driver);
    await known.append(Buffer.from('known'));
    await unknown.append(Buffer.from('unknown'));
    await driver.put(objectPath, Buffer.from('an object is no upload'));

    const asked: string[] = [];
    const isKnown = async (uploadId: string): Promise<boolean> => {
      asked.push(uploadId);
      return uploadId === known.id;
    };
    assert.deepEqual(await driver.cleanUploads(1_000, isKnown), { removed: 0 });
    assert.deepEqual(asked, []);

    assert.deepEqual(await driver.cleanUploads(farFuture(), isKnown), { removed: 1 });
    assert.deepEqual(asked.toSorted(), [known.id, unknown.id].toSorted());
    await rejectsWith('not_found', unknown.complete('sha256/cd/unknown'));
    await known.append(Buffer.from(' still'));
    await known.complete('sha256/cd/known');
    assert.equal((await driver.readSmall('sha256/cd/known')).toString(), 'known still');
    assert.equal((await driver.readSmall(objectPath)).toString(), 'an object is no upload');
  });

  test('an empty store has nothing to clean', async () => {
    const driver = await open();
    assert.deepEqual(await driver.cleanUploads(farFuture(), async () => false), { removed: 0 });
  });
}

function testMemory(open: Open): void {
  test('64 MiB pass through in bounded memory', { timeout: 120_000 }, async () => {
    const driver = await open();
    const block = patternBytes(65_536, 7);
    const hash = createHash('sha256');
    let peakBytes = 0;
    const baseBytes = usedBytes();
    const measure = (): void => {
      peakBytes = Math.max(peakBytes, usedBytes() - baseBytes);
    };
    async function* source(): AsyncGenerator<Buffer> {
      for (let index = 0; index < 1_024; index += 1) {
        const piece = Buffer.from(block);
        piece.writeUInt32BE(index);
        hash.update(piece);
        if (index % 64 === 63) measure();
        yield piece;
      }
    }
    const upload = await startUpload(driver);
    await upload.appendFrom(source());
    await upload.complete(objectPath);
    const found = createHash('sha256');
    let read = 0;
    for await (const piece of await driver.read(objectPath)) {
      found.update(piece);
      read += piece.length;
      if (read % (4 * mebibyte) < piece.length) measure();
    }
    assert.equal(found.digest('hex'), hash.digest('hex'));
    assert.ok(peakBytes < boundedBytes, `${Math.round(peakBytes / mebibyte)} MiB were held at once`);
  });
}

function testSignedUrls(open: Open): void {
  test('a signed URL gives the object, or a part of it, to anyone', async () => {
    const driver = await open();
    const bytes = patternBytes(100_000, 1);
    await driver.put(objectPath, bytes);
    const url = await driver.signedUrl(objectPath, { expiresInSeconds: 60, method: 'GET' });
    assert.ok(url !== undefined);
    const whole = await fetch(url);
    assert.equal(whole.status, 200);
    assert.equal(sha256(Buffer.from(await whole.arrayBuffer())), sha256(bytes));
    const part = await fetch(url, { headers: { range: 'bytes=10-19' } });
    assert.equal(part.status, 206);
    assert.equal(sha256(Buffer.from(await part.arrayBuffer())), sha256(bytes.subarray(10, 20)));
    const headUrl = await driver.signedUrl(objectPath, { expiresInSeconds: 60, method: 'HEAD' });
    assert.ok(headUrl !== undefined);
    const head = await fetch(headUrl, { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers.get('content-length')], [200, '100000']);
  });

  test('a hostile path is not signed', async () => {
    const driver = await open();
    await rejectsWith('invalid', driver.signedUrl('../x', { expiresInSeconds: 60, method: 'GET' }));
  });

  test('a signed URL opens nothing else', async () => {
    const driver = await open();
    await driver.put('sha256/ab/one', Buffer.from('one'));
    await driver.put('sha256/ab/two', Buffer.from('two'));
    const url = await driver.signedUrl('sha256/ab/one', { expiresInSeconds: 60, method: 'GET' });
    assert.ok(url !== undefined);
    const changed = [
      url.replace('/one', '/two'),
      url.replace(/(X-Amz-Signature=)./, '$1x'),
      url.split('?')[0] ?? '',
    ];
    for (const other of changed) {
      const answer = await fetch(other);
      await answer.body?.cancel();
      assert.equal(answer.status, 403);
    }
  });
}

interface RunningUpload {
  readonly id: string;
  state(): UploadState;
  offset(): number;
  append(bytes: Buffer): Promise<void>;
  appendFrom(source: AsyncIterable<Buffer>): Promise<void>;
  complete(path: string): Promise<void>;
}

/** An upload that remembers its state and offset, as its row would. */
async function startUpload(driver: StorageDriver): Promise<RunningUpload> {
  const id = randomUUID();
  let state = await driver.startUpload(id);
  let offset = 0;
  const appendFrom = async (source: AsyncIterable<Buffer>): Promise<void> => {
    const result = await driver.append(id, state, offset, source);
    assert.equal(result.sourceError, undefined);
    state = throughJson(result.state);
    offset += result.writtenBytes;
  };
  return {
    id,
    state: () => state,
    offset: () => offset,
    appendFrom,
    append: (bytes) => appendFrom(pieces(bytes, 65_536)),
    complete: (path) => driver.completeUpload(id, state, offset, path),
  };
}

async function rejectsWith(kind: StorageError['kind'], work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error: unknown) => {
    assert.ok(error instanceof StorageError, `${error} is no StorageError`);
    assert.equal(error.kind, kind, error.message);
    return true;
  });
}

async function readAll(stream: Promise<Readable>): Promise<Buffer> {
  return Buffer.concat(await (await stream).toArray());
}

function* cutPieces(bytes: Buffer, pieceBytes: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

async function* pieces(bytes: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
  yield* cutPieces(bytes, pieceBytes);
}

async function* failingAfter(arrived: Iterable<Buffer>, failure: Error): AsyncGenerator<Buffer> {
  yield* arrived;
  throw failure;
}

function throughJson(state: UploadState): UploadState {
  return JSON.parse(JSON.stringify(state));
}

function farFuture(): number {
  return Date.now() + 24 * 3_600_000;
}

/** Bytes without a short period, the same for the same seed. */
function patternBytes(sizeBytes: number, seed: number): Buffer {
  const words = new Uint32Array(Math.ceil(sizeBytes / 4));
  let value = (seed + 1) * 2_654_435_761;
  for (let index = 0; index < words.length; index += 1) {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    words[index] = value;
  }
  return Buffer.from(words.buffer, 0, sizeBytes);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Memory of buffers that somebody still holds. */
function usedBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}
