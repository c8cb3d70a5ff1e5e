import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { StorageDriver } from '#/storage/driver.ts';
import { type CephBucket, cephAbsence, startCeph } from '#/testing/ceph.ts';
import { createGate, type Gate } from '#/testing/gates.ts';
import { startUpload } from '#/testing/storage-conformance/running-upload.ts';
import { createS3Driver } from './create-s3-driver.ts';
import { createPartPlaces, type PartPlaces } from './part-places.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const absence = cephAbsence();
const mebibyte = 1024 * 1024;
const partBytes = 8 * mebibyte;
const pieceBytes = 65_536;

describe('memory of uploads to an object store', { skip: absence ?? false }, () => {
  let ceph: CephBucket;
  const drivers: StorageDriver[] = [];
  before(async () => {
    ceph = await startCeph();
  });
  after(async () => {
    for (const driver of drivers) await driver.close();
    await ceph?.stop();
  });

  function open(places: PartPlaces): StorageDriver {
    const driver = createS3Driver(
      {
        bucket: ceph.bucket,
        storagePath: `tests/${randomUUID()}`,
        credentials: { accessKeyId: ceph.accessKey, secretAccessKey: ceph.secretKey },
        region: 'us-east-1',
        endpointUrl: ceph.endpointUrl,
        minimumPartBytes: 5 * mebibyte,
        maximumCopyBytes: 100 * mebibyte,
        serverSideAssembly: true,
        serverSideEncryption: 'none',
      },
      places,
    );
    drivers.push(driver);
    return driver;
  }

  /** A blob of its own content that comes in pieces, and stops at the gates that stand behind the given numbers of bytes. */
  function makeBlob(seed: number, sizeBytes: number, gates: readonly (readonly [number, Gate])[] = []) {
    const hash = createHash('sha256');
    async function* source(): AsyncGenerator<Buffer> {
      for (let sent = 0; sent < sizeBytes; sent += pieceBytes) {
        for (const [at, gate] of gates) if (at === sent) await gate.pass();
        const piece = Buffer.alloc(Math.min(pieceBytes, sizeBytes - sent), seed);
        piece.writeUInt32BE(sent / pieceBytes);
        hash.update(piece);
        yield piece;
      }
    }
    return { source, digest: () => hash.digest('hex') };
  }

  /** Uploads a blob from beginning to end and reads it back. */
  async function upload(driver: StorageDriver, seed: number, blob: ReturnType<typeof makeBlob>) {
    const running = await startUpload(driver);
    await running.appendFrom(blob.source());
    await running.complete(`sha256/${seed}`);
    const found = createHash('sha256');
    for await (const piece of await driver.read(`sha256/${seed}`)) found.update(piece);
    assert.equal(found.digest('hex'), blob.digest(), `blob ${seed}`);
    return running;
  }

  test('many clients that stop in the middle of a part do not hold up others', {
    timeout: 120_000,
  }, async () => {
    const driver = open(createPartPlaces(2 * partBytes, 0));
    const stops = [1, 3, 6, 9, 20].map((stopMebibytes, index) => {
      const stoppedAt = [createGate(), createGate()] as const;
      const blob = makeBlob(index, 24 * mebibyte, [
        [stopMebibytes * mebibyte, stoppedAt[0]],
        [(stopMebibytes + 2) * mebibyte, stoppedAt[1]],
      ]);
      return { stoppedAt, uploading: upload(driver, index, blob) };
    });
    for (const round of [0, 1] as const) {
      // All of them got so far: no one had to wait for the end of another.
      await Promise.all(stops.map(({ stoppedAt }) => stoppedAt[round].arrived));
      await upload(driver, 100 + round, makeBlob(100 + round, 20 * mebibyte));
      for (const { stoppedAt } of stops) stoppedAt[round].open();
    }
    const uploads = await Promise.all(stops.map(({ uploading }) => uploading));
    assert.ok(
      uploads.some((running) => (running.state().segments as unknown[]).length > 1),
      'nobody was interrupted: the test shows nothing',
    );
  });

  test('thirty uploads at once hold no more than the places', { timeout: 120_000 }, async () => {
    const places = createPartPlaces(4 * partBytes, 60_000);
    const driver = open(places);
    collectGarbage();
    const beforeBytes = process.memoryUsage().arrayBuffers;
    let peakBytes = 0;
    let pieces = 0;
    async function* measured(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const piece of source) {
        pieces += 1;
        if (pieces % 64 === 0) {
          collectGarbage();
          peakBytes = Math.max(peakBytes, process.memoryUsage().arrayBuffers);
        }
        yield piece;
      }
    }
    await Promise.all(
      Array.from({ length: 30 }, async (_, seed) => {
        const blob = makeBlob(seed, 9 * mebibyte);
        await upload(driver, seed, { ...blob, source: () => measured(blob.source()) });
      }),
    );
    // What earlier uploads left may go only now.
    collectGarbage();
    const baseBytes = Math.min(beforeBytes, process.memoryUsage().arrayBuffers);
    const heldBytes = peakBytes - baseBytes;
    // Beside the places: small parts that need none, and pieces on their way; without places it would be 150 and more.
    assert.ok(heldBytes < 80 * mebibyte, `${Math.round(heldBytes / mebibyte)} MiB were held at once`);
    assert.ok(heldBytes > 4 * mebibyte, 'measured at the wrong moments');
  });

  test('an interrupted upload goes on, and leaves nothing but its object', { timeout: 60_000 }, async () => {
    const driver = open(createPartPlaces(partBytes, 0));
    const running = await startUpload(driver);
    await running.append(Buffer.alloc(3 * mebibyte, 1));
    const gate = createGate();
    const slow = running.appendFrom(makeBlob(1, 2 * mebibyte, [[mebibyte, gate]]).source());
    await gate.arrived;
    await upload(driver, 2, makeBlob(2, 9 * mebibyte));
    gate.open();
    await slow;
    assert.equal(running.offset(), 5 * mebibyte);
    await running.append(Buffer.alloc(mebibyte, 2));
    await running.complete('sha256/1');
    assert.deepEqual(await driver.stat('sha256/1'), { sizeBytes: 6 * mebibyte });
    assert.deepEqual(await driver.cleanUploads(Date.now() + 3_600_000, async () => false), { removed: 0 });
  });
});
