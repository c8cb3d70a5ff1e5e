import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { StorageDriver, UploadState } from '#/storage/driver.ts';
import { pieces, throughJson } from './bytes.ts';

/** See `startUpload`. */
export interface RunningUpload {
  readonly id: string;
  state(): UploadState;
  offset(): number;
  append(bytes: Buffer): Promise<void>;
  appendFrom(source: AsyncIterable<Buffer>): Promise<void>;
  complete(path: string): Promise<void>;
}

/** An upload that remembers its state and offset, as its row would. */
export async function startUpload(driver: StorageDriver): Promise<RunningUpload> {
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
