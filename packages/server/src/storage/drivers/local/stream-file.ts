import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { StorageError } from '#/storage/driver.ts';
import { mapLocalError } from './map-local-error.ts';

const pieceBytes = 256 * 1024;

/** Streams a part of an open file by positional reads and closes it at the end, on error and when the stream is destroyed. */
export function streamFile(handle: FileHandle, start: number, length: number): Readable {
  let position = start;
  const end = start + length;
  return new Readable({
    highWaterMark: pieceBytes,
    read() {
      const wanted = Math.min(pieceBytes, end - position);
      if (wanted === 0) {
        this.push(null);
        return;
      }
      handle.read(Buffer.allocUnsafeSlow(wanted), 0, wanted, position).then(
        ({ bytesRead, buffer }) => {
          if (bytesRead === 0) {
            this.destroy(new StorageError('unavailable', 'a stored file ended early'));
            return;
          }
          position += bytesRead;
          this.push(bytesRead === wanted ? buffer : buffer.subarray(0, bytesRead));
        },
        (error: unknown) => this.destroy(mapLocalError(error, 'read')),
      );
    },
    destroy(error, done) {
      handle.close().then(
        () => done(error),
        (closeError: unknown) => done(error ?? mapLocalError(closeError, 'close')),
      );
    },
  });
}
