import { CompleteMultipartUploadCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { s3ErrorName, s3ErrorStatus } from './map-s3-error.ts';
import { copyTimeoutMs, type ObjectStore } from './object-store.ts';

const attempts = 4;

/**
 * Joins the uploaded parts into the object. The store can answer 200 with an error inside, or lose its answer: tries again, and takes
 * a vanished multipart upload for success when the object is there with the right size.
 */
export async function completeMultipart(
  store: ObjectStore,
  multipart: {
    readonly key: string;
    readonly id: string;
    readonly entityTags: readonly string[];
    readonly sizeBytes: number;
  },
): Promise<void> {
  const target = { Bucket: store.bucket, Key: multipart.key };
  const parts = multipart.entityTags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
  for (let attempt = 1; ; attempt += 1) {
    try {
      const input = { ...target, UploadId: multipart.id, MultipartUpload: { Parts: parts } };
      await store.client.send(new CompleteMultipartUploadCommand(input), { requestTimeout: copyTimeoutMs });
      return;
    } catch (error) {
      if (s3ErrorName(error) === 'NoSuchUpload') {
        const found = await store.client.send(new HeadObjectCommand(target)).catch(() => undefined);
        if (found?.ContentLength === multipart.sizeBytes) return;
        throw error;
      }
      const status = s3ErrorStatus(error);
      const isPassing = status === 200 || (status !== undefined && status >= 500);
      if (!isPassing || attempt === attempts) throw error;
    }
  }
}
