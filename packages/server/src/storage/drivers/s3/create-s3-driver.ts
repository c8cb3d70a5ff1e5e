import {
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutBucketCorsCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { checkObjectPath } from '#/storage/check-path.ts';
import { type StorageDriver, StorageError } from '#/storage/driver.ts';
import { verifyPath } from '#/storage/paths.ts';
import { mapS3Error } from './map-s3-error.ts';
import { openObjectStore } from './object-store.ts';
import { processPartPlaces } from './part-places.ts';
import { createPieceReader } from './piece-reader.ts';
import { headSize, readObject } from './read-object.ts';
import { removeKey } from './remove-objects.ts';
import type { S3Options } from './s3-options.ts';
import { createS3Uploads } from './s3-uploads.ts';
import { writeObject } from './write-object.ts';

/** Keeps objects in a bucket; see `S3Options`. All drivers of a process share the memory for parts, unless a test gives its own. */
export function createS3Driver(options: S3Options, places = processPartPlaces): StorageDriver {
  const store = openObjectStore(options, places);
  /** A HEAD has no body to say what is missing: the bucket is asked for once, until it has been seen. */
  let isBucketSeen = false;

  async function attempt<Result>(action: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw mapS3Error(error, action);
    }
  }

  async function assertBucket(): Promise<void> {
    if (isBucketSeen) return;
    try {
      await store.client.send(new HeadBucketCommand({ Bucket: store.bucket }));
      isBucketSeen = true;
    } catch (error) {
      throw new StorageError('unavailable', 'the bucket of the object store is not there or not ours', error);
    }
  }

  async function readSmall(path: string): Promise<Buffer> {
    checkObjectPath(path);
    const body = await readObject(store, path);
    return await attempt('read', async () => Buffer.concat(await body.toArray()));
  }

  return {
    ...createS3Uploads(store),
    readSmall,
    async put(path, source) {
      checkObjectPath(path);
      const pieces = Buffer.isBuffer(source) ? { before: source } : { source: createPieceReader(source) };
      return await writeObject(store, store.keyOf(path), pieces, { keepsPartial: false });
    },
    async read(path, range) {
      checkObjectPath(path);
      return await readObject(store, path, range);
    },
    async stat(path) {
      checkObjectPath(path);
      try {
        return { sizeBytes: await headSize(store, path) };
      } catch (error) {
        const failure = mapS3Error(error, 'look up');
        if (failure.kind !== 'not_found') throw failure;
        await assertBucket();
        return undefined;
      }
    },
    async remove(path) {
      checkObjectPath(path);
      await attempt('remove', () => removeKey(store, store.keyOf(path)));
    },
    async signedUrl(path, { expiresInSeconds, method }) {
      checkObjectPath(path);
      const input = { Bucket: store.bucket, Key: store.keyOf(path) };
      const signing = { expiresIn: expiresInSeconds };
      return await attempt('sign', async () =>
        method === 'HEAD'
          ? await getSignedUrl(store.client, new HeadObjectCommand(input), signing)
          : await getSignedUrl(store.client, new GetObjectCommand(input), signing),
      );
    },
    async check() {
      const written = Buffer.from(`written by the self-test at ${new Date().toISOString()}\n`);
      await writeObject(store, store.keyOf(verifyPath), { before: written }, { keepsPartial: false });
      const found = await readSmall(verifyPath);
      // Another node may have written its own text in between: the form is what counts.
      if (found.length !== written.length) {
        throw new StorageError('unavailable', 'the object store did not return what was written to it');
      }
    },
    async allowBrowsers() {
      const anyOrigin = { AllowedOrigins: ['*'], MaxAgeSeconds: 3000 };
      const rules = [
        { ...anyOrigin, AllowedMethods: ['GET'], AllowedHeaders: ['Authorization'] },
        { ...anyOrigin, AllowedMethods: ['PUT'], AllowedHeaders: ['Content-Type', 'x-amz-acl', 'origin'] },
      ];
      const input = { Bucket: store.bucket, CORSConfiguration: { CORSRules: rules } };
      await attempt('set the CORS rules', () => store.client.send(new PutBucketCorsCommand(input)));
    },
    async close() {
      store.client.destroy();
    },
  };
}
