import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { type StorageDriver, StorageError } from '#/storage/driver.ts';
import { radosGatewayStorage, s3Storage } from '#/storage/drivers/s3.ts';
import { type CephBucket, cephAbsence, startCeph } from '#/testing/ceph.ts';
import { storageConformance } from '#/testing/storage-conformance.ts';

const skip = cephAbsence();
const mebibyte = 1024 * 1024;
let ceph: CephBucket | undefined;

before(async () => {
  if (skip === undefined) ceph = await startCeph();
});
after(async () => {
  await ceph?.stop();
});

function openS3(storagePath: string, more: Record<string, unknown> = {}): Promise<StorageDriver> {
  return s3Storage.open({
    s3_bucket: ceph?.bucket,
    storage_path: storagePath,
    s3_access_key: ceph?.accessKey,
    s3_secret_key: ceph?.secretKey,
    endpoint_url: ceph?.endpointUrl,
    ...more,
  });
}

/** Copies at most 6 MiB at once, so that larger uploads are joined piece by piece. */
function openGateway(storagePath: string, more: Record<string, unknown> = {}): Promise<StorageDriver> {
  const url = new URL(ceph?.endpointUrl ?? '');
  return radosGatewayStorage.open({
    hostname: url.hostname,
    port: url.port,
    is_secure: url.protocol === 'https:',
    access_key: ceph?.accessKey,
    secret_key: ceph?.secretKey,
    bucket_name: ceph?.bucket,
    storage_path: storagePath,
    maximum_chunk_size_mb: 6,
    ...more,
  });
}

for (const [title, openAt] of [
  ['S3Storage on Ceph', openS3],
  ['RadosGWStorage on Ceph', openGateway],
] as const) {
  storageConformance(title, {
    hasSignedUrls: true,
    isBounded: true,
    skip,
    async open() {
      const storagePath = `/tests/${randomUUID()}`;
      return { driver: await openAt(storagePath), reopen: () => openAt(storagePath) };
    },
  });
}

async function failureOf(work: Promise<unknown>): Promise<StorageError> {
  const failure = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(failure instanceof StorageError, `${failure} is no StorageError`);
  return failure;
}

describe('S3 driver on Ceph', { skip: skip ?? false }, () => {
  test('a wrong secret, a wrong key and an unknown bucket are refused', async () => {
    for (const wrong of [
      { s3_secret_key: 'wrong' },
      { s3_access_key: 'wrong' },
      { s3_bucket: 'no-such-bucket' },
    ]) {
      const driver = await openS3('refused', wrong);
      const attempts = [
        () => driver.check(),
        () => driver.stat('a/b'),
        () => driver.read('a/b'),
        () => driver.put('a/b', Buffer.from('x')),
        () => driver.append('one', {}, 0, once(Buffer.from('x'))),
        () => driver.cleanUploads(Date.now(), async () => false),
      ];
      for (const attempt of attempts) assert.equal((await failureOf(attempt())).kind, 'unavailable');
      await driver.close();
    }
  });

  test('objects lie where Quay puts them', async () => {
    const root = `tests/${randomUUID()}`;
    const driver = await openS3(`/${root}/`);
    await driver.put('sha256/ab/abcd', Buffer.from('x'));
    const state = await driver.startUpload('one');
    await driver.append('one', state, 0, once(Buffer.from('y')));
    const keys = await listKeys(`${root}/`);
    assert.equal(keys.length, 2);
    assert.equal(keys[0], `${root}/sha256/ab/abcd`);
    assert.match(keys[1] ?? '', new RegExp(`^${root}/uploads/one\\.[0-9a-z-]+$`));
    await driver.close();
  });

  test('an upload that ended leaves nothing but its object', async () => {
    const root = `tests/${randomUUID()}`;
    const driver = await openS3(root);
    let state = await driver.startUpload('one');
    let offset = 0;
    for (const sizeBytes of [100, 9 * mebibyte, 100, 5 * mebibyte, 7]) {
      const result = await driver.append('one', state, offset, once(randomBytes(sizeBytes)));
      state = result.state;
      offset += result.writtenBytes;
    }
    await driver.completeUpload('one', state, offset, 'sha256/ab/cd');
    assert.deepEqual(await listKeys(`${root}/`), [`${root}/sha256/ab/cd`]);
    assert.deepEqual(await listMultiparts(`${root}/`), []);
    await driver.close();
  });

  test('joins in this process when the store may not', async () => {
    const driver = await openGateway(`tests/${randomUUID()}`, { server_side_assembly: false });
    const bytes = randomBytes(13 * mebibyte);
    const first = await driver.append(
      'one',
      await driver.startUpload('one'),
      0,
      once(bytes.subarray(0, 6 * mebibyte)),
    );
    const second = await driver.append('one', first.state, 6 * mebibyte, once(bytes.subarray(6 * mebibyte)));
    await driver.completeUpload('one', second.state, bytes.length, 'sha256/ab/cd');
    assert.equal(sha256(await driver.readSmall('sha256/ab/cd')), sha256(bytes));
    await driver.close();
  });

  test('aborts multipart uploads that a crash left open, unless they are young or known', async () => {
    const root = `tests/${randomUUID()}`;
    const driver = await openS3(root);
    for (const key of ['uploads/known.0-a', 'uploads/unknown.0-b', 'sha256/ab/cd', 'elsewhere/x']) {
      await withClient((client, bucket) =>
        client.send(new CreateMultipartUploadCommand({ Bucket: bucket, Key: `${root}/${key}` })),
      );
    }
    const isKnown = async (uploadId: string): Promise<boolean> => uploadId === 'known';
    assert.deepEqual(await driver.cleanUploads(1_000, isKnown), { removed: 0 });
    assert.equal((await listMultiparts(`${root}/`)).length, 4);
    assert.deepEqual(await driver.cleanUploads(Date.now() + 3_600_000, isKnown), { removed: 2 });
    assert.deepEqual(await listMultiparts(`${root}/`), [`${root}/elsewhere/x`, `${root}/uploads/known.0-a`]);
    await driver.close();
  });
});

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function withClient<Result>(
  work: (client: S3Client, bucket: string) => Promise<Result>,
): Promise<Result> {
  assert.ok(ceph !== undefined);
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: ceph.endpointUrl,
    forcePathStyle: true,
    credentials: { accessKeyId: ceph.accessKey, secretAccessKey: ceph.secretKey },
  });
  try {
    return await work(client, ceph.bucket);
  } finally {
    client.destroy();
  }
}

async function listKeys(prefix: string): Promise<string[]> {
  const page = await withClient((client, bucket) =>
    client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix })),
  );
  return (page.Contents ?? []).map((object) => object.Key ?? '');
}

async function listMultiparts(prefix: string): Promise<string[]> {
  const page = await withClient((client, bucket) =>
    client.send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix })),
  );
  return (page.Uploads ?? []).map((upload) => upload.Key ?? '').toSorted();
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
