import { S3Client } from '@aws-sdk/client-s3';
import type { PartPlaces } from './part-places.ts';
import type { S3Options } from './s3-options.ts';

/** A store that does not begin to answer for so long is taken for dead. */
const requestTimeoutMs = 20_000;
/** Long enough to send a part of 64 MiB over a slow line. */
export const partTimeoutMs = 120_000;
/** Server-side copies of gigabytes answer late. */
export const copyTimeoutMs = 900_000;

/** What a signed URL of an object says about it. */
export const objectContentType = 'application/octet-stream';

/** One bucket: the client and what every request to it needs. */
export interface ObjectStore {
  readonly client: S3Client;
  readonly bucket: string;
  readonly options: S3Options;
  /** Memory for parts. */
  readonly places: PartPlaces;
  /** The key of a relative path. */
  keyOf(path: string): string;
  /** What to add to a request that makes an object. */
  readonly encryption: { readonly ServerSideEncryption?: 'AES256' };
}

/** Connects lazily: nothing is sent before the first request. */
export function openObjectStore(options: S3Options, places: PartPlaces): ObjectStore {
  const prefix = options.storagePath.replace(/^\/+|\/+$/g, '');
  const agent = { keepAlive: true, maxSockets: 256 };
  const client = new S3Client({
    region: options.region,
    maxAttempts: 3,
    // Gateways other than AWS know neither the newer checksums nor a bucket in the host name.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Would open a new connection for each part.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: 5_000,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      // Longer than a client may stay idle in the middle of a download.
      socketTimeout: 330_000,
      httpAgent: agent,
      httpsAgent: agent,
    },
    ...(options.credentials === undefined ? {} : { credentials: options.credentials }),
    ...(options.endpointUrl === undefined ? {} : { endpoint: options.endpointUrl, forcePathStyle: true }),
  });
  return {
    client,
    bucket: options.bucket,
    options,
    places,
    keyOf: (path) => (prefix === '' ? path : `${prefix}/${path}`),
    encryption:
      options.serverSideEncryption === 'none' ? {} : { ServerSideEncryption: options.serverSideEncryption },
  };
}
