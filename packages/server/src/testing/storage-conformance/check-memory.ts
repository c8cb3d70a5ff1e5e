import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { mebibyte, objectPath, patternBytes } from './bytes.ts';
import type { Open } from './harness.ts';
import { startUpload } from './running-upload.ts';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** Memory of buffers that somebody still holds. */
function usedBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

const boundedBytes = 40 * mebibyte;

/** Memory does not grow with the size of a blob. */
export function checkMemory(open: Open): void {
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
