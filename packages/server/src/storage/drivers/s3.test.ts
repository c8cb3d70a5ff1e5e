import { randomUUID } from 'node:crypto';
import { after, before } from 'node:test';
import type { StorageDriver } from '#/storage/driver.ts';
import { s3Storage } from '#/storage/drivers/s3.ts';
import { type CephBucket, cephAbsence, startCeph } from '#/testing/ceph.ts';
import { storageConformance } from '#/testing/storage-conformance.ts';

const skip = cephAbsence();
let ceph: CephBucket | undefined;

before(async () => {
  if (skip === undefined) ceph = await startCeph();
});
after(async () => {
  await ceph?.stop();
});

function openDriver(storagePath: string, more: Record<string, unknown> = {}): Promise<StorageDriver> {
  return s3Storage.open({
    s3_bucket: ceph?.bucket,
    storage_path: storagePath,
    s3_access_key: ceph?.accessKey,
    s3_secret_key: ceph?.secretKey,
    endpoint_url: ceph?.endpointUrl,
    ...more,
  });
}

storageConformance('S3 (Ceph)', {
  hasSignedUrls: true,
  isBounded: true,
  skip,
  async open() {
    const storagePath = `/tests/${randomUUID()}`;
    return { driver: await openDriver(storagePath), reopen: () => openDriver(storagePath) };
  },
});
