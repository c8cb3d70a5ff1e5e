import { z } from 'zod';
import { defineStorageDriver, type StorageDriverDefinition } from '#/storage/define-driver.ts';
import { type StorageDriver, StorageError } from '#/storage/driver.ts';
import { resolveEndpoint, type S3Options } from './s3/s3-options.ts';

const port = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]).pipe(z.int().min(1).max(65_535));
const sizeNumber = z.number().positive();
const bareHost = z
  .string()
  .regex(
    /^(?!https?:)/i,
    'give the host without http:// or https://; use is_secure or endpoint_url to choose',
  )
  .regex(/^[^\s/?#@]+$/, 'a host name or an address');
const signatureVersion = z.literal('s3v4', 'only s3v4 is supported');

const s3Config = z.object({
  s3_bucket: z.string(),
  storage_path: z.string(),
  s3_access_key: z.string().optional(),
  s3_secret_key: z.string().optional(),
  aws_session_token: z.string().optional(),
  host: bareHost.optional(),
  port: port.optional(),
  is_secure: z.boolean().default(true),
  s3_region: z.string().optional(),
  endpoint_url: z.url({ protocol: /^https?$/ }).optional(),
  minimum_chunk_size_mb: sizeNumber.default(5),
  maximum_chunk_size_gb: sizeNumber.max(5).default(5),
  signature_version: signatureVersion.optional(),
  server_side_assembly: z.boolean().default(true),
  server_side_encryption: z.enum(['AES256', 'none']).default('AES256'),
});

const gatewayConfig = z.object({
  bucket_name: z.string(),
  storage_path: z.string(),
  access_key: z.string(),
  secret_key: z.string(),
  hostname: bareHost,
  port: port.optional(),
  is_secure: z.boolean(),
  region_name: z.string().optional(),
  minimum_chunk_size_mb: sizeNumber.default(5),
  maximum_chunk_size_mb: sizeNumber.max(5 * 1024).default(100),
  signature_version: signatureVersion.optional(),
  server_side_assembly: z.boolean().default(true),
});

const mebibyte = 1024 * 1024;

async function createDriver(options: S3Options): Promise<StorageDriver> {
  const { createS3Driver } = await import('./s3/create-s3-driver.ts');
  return createS3Driver(options);
}

/** `S3Storage`: Amazon S3 and what speaks its protocol. */
export const s3Storage = defineStorageDriver({
  name: 'S3Storage',
  config: s3Config,
  async create(parameters) {
    return await createDriver({
      bucket: parameters.s3_bucket,
      storagePath: parameters.storage_path,
      ...s3Credentials(parameters),
      ...resolveEndpoint({
        endpointUrl: parameters.endpoint_url,
        host: parameters.host,
        port: parameters.port,
        isSecure: parameters.is_secure,
        region: parameters.s3_region,
      }),
      minimumPartBytes: parameters.minimum_chunk_size_mb * mebibyte,
      maximumCopyBytes: parameters.maximum_chunk_size_gb * 1024 * mebibyte,
      serverSideAssembly: parameters.server_side_assembly,
      serverSideEncryption: parameters.server_side_encryption,
    });
  },
});

function s3Credentials(parameters: z.output<typeof s3Config>): Pick<S3Options, 'credentials'> {
  const {
    s3_access_key: accessKeyId,
    s3_secret_key: secretAccessKey,
    aws_session_token: sessionToken,
  } = parameters;
  if (accessKeyId === undefined && secretAccessKey === undefined) return {};
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new StorageError(
      'invalid',
      'give both s3_access_key and s3_secret_key, or neither to use the role of the machine',
    );
  }
  return {
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
  };
}

/** The gateway of Ceph and stores like it: addressed by path, without requested encryption. */
function defineGateway(name: string): StorageDriverDefinition {
  return defineStorageDriver({
    name,
    config: gatewayConfig,
    async create(parameters) {
      return await createDriver({
        bucket: parameters.bucket_name,
        storagePath: parameters.storage_path,
        credentials: { accessKeyId: parameters.access_key, secretAccessKey: parameters.secret_key },
        ...resolveEndpoint({
          host: parameters.hostname,
          port: parameters.port,
          isSecure: parameters.is_secure,
          region: parameters.region_name,
        }),
        minimumPartBytes: parameters.minimum_chunk_size_mb * mebibyte,
        maximumCopyBytes: parameters.maximum_chunk_size_mb * mebibyte,
        serverSideAssembly: parameters.server_side_assembly,
        serverSideEncryption: 'none',
      });
    },
  });
}

/** `RadosGWStorage`: Ceph. */
export const radosGatewayStorage = defineGateway('RadosGWStorage');
/** `RHOCSStorage`: OpenShift Data Foundation (NooBaa), which takes the same parameters. */
export const openshiftStorage = defineGateway('RHOCSStorage');
