import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { StorageError } from '#/storage/driver.ts';
import { completeMultipart } from './complete-multipart.ts';
import { mapWriteError } from './map-s3-error.ts';
import { type ObjectStore, objectContentType, partTimeoutMs } from './object-store.ts';
import type { GatheredPart } from './part-buffer.ts';

const maximumParts = 10_000;

/** Makes one object: from one request when nothing was sent before `finish`, else from parts. */
export interface PartSender {
  /** Parts begun so far. */
  count(): number;
  /** Waits for the part before, then begins to send this one; the part is released when it is there, also when that fails. */
  send(part: GatheredPart): Promise<void>;
  /** Sends the rest, releases it and makes the object. */
  finish(rest: GatheredPart, sizeBytes: number): Promise<void>;
  /** Drops what was sent; never fails, since `cleanUploads` finds what is left. */
  abort(): Promise<void>;
}

/** See `PartSender`; sends nothing by itself. */
export function createPartSender(store: ObjectStore, key: string): PartSender {
  const target = { Bucket: store.bucket, Key: key };
  const creation = { ...target, ContentType: objectContentType, ...store.encryption };
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

  async function startPart(part: GatheredPart): Promise<void> {
    await settle();
    if (count === maximumParts)
      throw new StorageError('invalid', `an object has at most ${maximumParts} parts`);
    multipartId ??= await begin();
    count += 1;
    running = sendPart(multipartId, count, part.bytes)
      .catch((error: unknown) => {
        failure = { error };
      })
      .finally(part.release);
  }

  async function sendWhole(part: GatheredPart): Promise<void> {
    try {
      await store.client.send(new PutObjectCommand({ ...creation, Body: part.bytes }), {
        requestTimeout: partTimeoutMs,
      });
    } catch (error) {
      throw mapWriteError(error, 'write', store);
    } finally {
      part.release();
    }
  }

  const sender: PartSender = {
    count: () => count,
    async send(part) {
      try {
        await startPart(part);
      } catch (error) {
        part.release();
        throw error;
      }
    },
    async finish(rest, sizeBytes) {
      if (multipartId === undefined) return sendWhole(rest);
      if (rest.bytes.length > 0) await sender.send(rest);
      else rest.release();
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
