import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { StorageError } from '#/storage/driver.ts';
import { completeMultipart } from './complete-multipart.ts';
import { mapS3Error, mapWriteError } from './map-s3-error.ts';
import { type ObjectStore, partTimeoutMs } from './object-store.ts';

const usualPartBytes = 8 * 1024 * 1024;
const maximumParts = 10_000;
const contentType = 'application/octet-stream';

/** Size of a part by its index: doubles every 2,500 parts, so that 10,000 of them hold 292 GiB in bounded memory. */
export function partBytes(index: number, minimumPartBytes: number): number {
  return Math.max(usualPartBytes, minimumPartBytes) * 2 ** Math.floor(index / 2_500);
}

/**
 * Writes `before` and then a source into one object, of which readers see nothing before all of it is there. One part is sent while the next
 * is gathered. When the source fails, what arrived becomes the object if `keepsPartial`; else nothing does and its error is thrown.
 */
export async function writeObject(
  store: ObjectStore,
  key: string,
  content: { readonly before?: Buffer | undefined; readonly source?: AsyncIterable<Buffer> },
  options: { readonly keepsPartial: boolean },
): Promise<{ readonly sizeBytes: number; readonly sourceError?: unknown }> {
  const parts = createPartSender(store, key);
  const guarded = guardSource(content.before, content.source);
  let pieces: Buffer[] = [];
  let gatheredBytes = 0;
  let sizeBytes = 0;
  try {
    for await (const piece of guarded) {
      pieces.push(piece);
      gatheredBytes += piece.length;
      sizeBytes += piece.length;
      let wanted = partBytes(parts.count(), store.options.minimumPartBytes);
      while (gatheredBytes >= wanted) {
        const gathered = joined(pieces);
        await parts.send(gathered.subarray(0, wanted));
        pieces = [gathered.subarray(wanted)];
        gatheredBytes -= wanted;
        wanted = partBytes(parts.count(), store.options.minimumPartBytes);
      }
    }
    const failure = guarded.failure();
    if (failure !== undefined && !options.keepsPartial) throw failure.error;
    await parts.finish(joined(pieces), sizeBytes);
    return failure === undefined ? { sizeBytes } : { sizeBytes, sourceError: failure.error };
  } catch (error) {
    await parts.abort();
    throw error === guarded.failure()?.error ? error : mapS3Error(error, 'write');
  }
}

interface PartSender {
  /** Parts begun so far. */
  count(): number;
  /** Waits for the part before, then begins to send this one. */
  send(part: Buffer): Promise<void>;
  /** Sends the rest and makes the object. */
  finish(rest: Buffer, sizeBytes: number): Promise<void>;
  /** Drops what was sent; never fails, since `cleanUploads` finds what is left. */
  abort(): Promise<void>;
}

function createPartSender(store: ObjectStore, key: string): PartSender {
  const target = { Bucket: store.bucket, Key: key };
  const creation = { ...target, ContentType: contentType, ...store.encryption };
  const entityTags: string[] = [];
  let count = 0;
  let multipartId: string | undefined;
  let running: Promise<void> = Promise.resolve();
  let failure: { readonly error: unknown } | undefined;

  async function begin(): Promise<string> {
    try {
      const { UploadId } = await store.client.send(new CreateMultipartUploadCommand(creation));
      if (UploadId === undefined)
        throw new StorageError('unavailable', 'the object store named no multipart upload');
      return UploadId;
    } catch (error) {
      throw mapWriteError(error, 'write', store);
    }
  }

  async function sendPart(id: string, number: number, body: Buffer): Promise<void> {
    const input = { ...target, UploadId: id, PartNumber: number, Body: body };
    const { ETag } = await store.client.send(new UploadPartCommand(input), { requestTimeout: partTimeoutMs });
    if (ETag === undefined)
      throw new StorageError('unavailable', 'the object store gave a part no entity tag');
    entityTags[number - 1] = ETag;
  }

  async function settle(): Promise<void> {
    await running;
    if (failure !== undefined) throw failure.error;
  }

  const sender: PartSender = {
    count: () => count,
    async send(part) {
      await settle();
      if (count === maximumParts)
        throw new StorageError('invalid', `an object has at most ${maximumParts} parts`);
      multipartId ??= await begin();
      count += 1;
      running = sendPart(multipartId, count, part).catch((error: unknown) => {
        failure = { error };
      });
    },
    async finish(rest, sizeBytes) {
      if (multipartId === undefined) {
        try {
          await store.client.send(new PutObjectCommand({ ...creation, Body: rest }), {
            requestTimeout: partTimeoutMs,
          });
        } catch (error) {
          throw mapWriteError(error, 'write', store);
        }
        return;
      }
      if (rest.length > 0) await sender.send(rest);
      await settle();
      await completeMultipart(store, { key, id: multipartId, entityTags, sizeBytes });
    },
    async abort() {
      await running;
      if (multipartId === undefined) return;
      const input = { ...target, UploadId: multipartId };
      await store.client.send(new AbortMultipartUploadCommand(input)).catch(() => undefined);
    },
  };
  return sender;
}

/** The same pieces; a failure of the source ends them and is kept apart from the failures of the store. */
function guardSource(
  before: Buffer | undefined,
  source: AsyncIterable<Buffer> | undefined,
): AsyncIterable<Buffer> & { failure(): { readonly error: unknown } | undefined } {
  let failure: { readonly error: unknown } | undefined;
  return {
    failure: () => failure,
    async *[Symbol.asyncIterator]() {
      try {
        if (before !== undefined) yield before;
        if (source !== undefined) yield* source;
      } catch (error) {
        failure = { error };
      }
    },
  };
}

function joined(pieces: readonly Buffer[]): Buffer {
  const [only] = pieces;
  return pieces.length === 1 && only !== undefined ? only : Buffer.concat(pieces);
}
