import { codesOf, describeConnectionFault } from './describe-connection-fault.ts';
import { reasonOf } from './reason-of.ts';

interface Place {
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** By the name that stores of the S3 protocol give to a refusal, or by the system's code. */
const sentences: Readonly<Record<string, (place: Place) => string>> = {
  SignatureDoesNotMatch: () => 'the secret key is wrong',
  InvalidAccessKeyId: () => 'the store does not know the access key',
  AccessDenied: (place) => `the keys may not write to ${bucketOf(place)}`,
  Forbidden: (place) => `the keys may not use ${bucketOf(place)}`,
  NoSuchBucket: (place) => `there is no ${bucketOf(place)}; make it first`,
  CredentialsProviderError: () => 'no keys are given, and this machine has no role to use instead',
  PermanentRedirect: () => 'the bucket is in another region: set s3_region',
  AuthorizationHeaderMalformed: () => 'the bucket is in another region: set s3_region',
  RequestTimeTooSkewed: () => 'the clocks of this machine and of the store differ too much',
  InvalidBucketName: (place) => `${bucketOf(place)} cannot be the name of a bucket`,
  EACCES: () => 'the directory cannot be written: check its owner',
  EROFS: () => 'the directory is mounted read-only',
  ENOSPC: () => 'the disk is full',
};

/** Why a store does not work, in one line of plain words, without secrets. */
export function describeStorageFault(error: unknown, place: Place): string {
  const connection = describeConnectionFault(error);
  if (connection !== undefined) return `the store cannot be used: ${connection}.`;
  for (const code of codesOf(error)) {
    const sentence = sentences[code];
    if (sentence !== undefined) return `${sentence(place)}.`;
  }
  return reasonOf(error);
}

function bucketOf({ parameters }: Place): string {
  return `bucket "${String(parameters.s3_bucket ?? parameters.bucket_name ?? '')}"`;
}
