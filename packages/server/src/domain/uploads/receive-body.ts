import { storageFailure } from '#/domain/blobs/index.ts';
import { DomainError } from '#/domain/errors.ts';
import { type StorageDriver, StorageError } from '#/storage/driver.ts';
import type { ContentHash } from './content-hash.ts';
import { notifyObservers } from './observe-uploads.ts';
import type { BodyPlacement, UploadStore } from './upload.ts';
import { unknownUpload } from './upload-lock.ts';

export interface ReceiveInput {
  readonly driver: StorageDriver;
  readonly store: UploadStore;
  /** Where the body begins: the bytes that are durable already. */
  readonly offset: number;
  readonly body: AsyncIterable<Buffer>;
  readonly placement: BodyPlacement;
  readonly maximumBytes: number;
  /** Fed with every byte that the driver took, if given. */
  readonly hash: ContentHash | undefined;
  /** Called before each piece goes to the driver; throws to stop. */
  readonly keepLock: () => Promise<void>;
}

export interface Received {
  readonly writtenBytes: number;
  readonly store: UploadStore;
  /** Why the client stopped early, if it did: what arrived is durable all the same. */
  readonly sourceError: unknown;
}

/** Refuses a body by its headers alone. Throws `range_invalid` with the offset, `size_invalid`, `too_large`. */
export function checkPlacement(offset: number, placement: BodyPlacement, maximumBytes: number): void {
  const { range, lengthBytes } = placement;
  if (range !== undefined && range.start !== offset) {
    throw new DomainError('range_invalid', `This upload continues at byte ${offset}.`, {
      detail: { offset },
    });
  }
  if (range !== undefined && lengthBytes !== undefined && range.end - range.start + 1 !== lengthBytes) {
    throw wrongSize(range.end - range.start + 1);
  }
  const declared = expectedBytes(placement);
  if (declared !== undefined && offset + declared > maximumBytes) throw tooLarge(maximumBytes);
}

/**
 * Streams a request's body into the store, counted, hashed and limited on the way; what it returns is durable. A refusal of our
 * own (`size_invalid`, `too_large`, `upload_busy`) is thrown and accounts for nothing: the store drops those bytes at the next append.
 * Throws `blob_upload_unknown` when the store has lost bytes, `insufficient_storage`, `storage_unavailable`.
 */
export async function receiveBody(input: ReceiveInput): Promise<Received> {
  const { driver, store, offset, hash, maximumBytes } = input;
  const expected = expectedBytes(input.placement);
  const body = await startBody(input.body);
  if (body.pieces === undefined) {
    if (body.error === undefined && (expected ?? 0) > 0) throw wrongSize(expected ?? 0);
    return { writtenBytes: 0, store, sourceError: body.error };
  }
  const { pieces, close } = body;
  let arrived = 0;

  async function* metered(): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      if (piece.length === 0) continue;
      arrived += piece.length;
      if (expected !== undefined && arrived > expected) throw wrongSize(expected);
      if (offset + arrived > maximumBytes) throw tooLarge(maximumBytes);
      await input.keepLock();
      hash?.update(piece);
      yield piece;
    }
  }

  let result: Awaited<ReturnType<StorageDriver['append']>>;
  try {
    result = await driver.append(store.id, store.state, offset, metered());
  } catch (error) {
    if (error instanceof StorageError && error.kind === 'not_found') throw unknownUpload();
    throw storageFailure(error);
  } finally {
    // A store that failed early has not read to the end: the source must not stay half open.
    close();
  }
  const { sourceError } = result;
  if (sourceError instanceof DomainError) throw sourceError;
  if (sourceError === undefined && expected !== undefined && arrived !== expected) throw wrongSize(expected);
  if (result.writtenBytes !== arrived) {
    // The hash ran ahead of the store: what it holds cannot be vouched for.
    throw storageFailure(new StorageError('unavailable', `took ${result.writtenBytes} of ${arrived} bytes`));
  }
  notifyObservers((observer) => observer.received?.(arrived));
  return { writtenBytes: arrived, store: { id: store.id, state: result.state }, sourceError };
}

/**
 * Waits for the first byte, so that a request without a body costs no work in the store (a PUT that only names the digest may come
 * without a length).
 */
async function startBody(
  body: AsyncIterable<Buffer>,
): Promise<
  | { readonly pieces: AsyncIterable<Buffer>; readonly close: () => void }
  | { readonly pieces?: undefined; readonly error?: unknown }
> {
  const iterator = body[Symbol.asyncIterator]();
  let first: IteratorResult<Buffer>;
  try {
    do first = await iterator.next();
    while (first.done !== true && first.value.length === 0);
  } catch (error) {
    return { error };
  }
  if (first.done === true) return {};
  const { value } = first;
  return {
    pieces: (async function* () {
      yield value;
      yield* { [Symbol.asyncIterator]: () => iterator };
    })(),
    close() {
      iterator.return?.().catch(() => undefined);
    },
  };
}

function expectedBytes({ range, lengthBytes }: BodyPlacement): number | undefined {
  return range === undefined ? lengthBytes : range.end - range.start + 1;
}

function wrongSize(expected: number): DomainError {
  return new DomainError(
    'size_invalid',
    `The body must have exactly the ${expected} bytes that its headers name.`,
    {
      detail: { expected },
    },
  );
}

function tooLarge(maximumBytes: number): DomainError {
  return new DomainError('too_large', `A blob may have at most ${maximumBytes} bytes (MAXIMUM_LAYER_SIZE).`, {
    detail: { maximumBytes },
  });
}
