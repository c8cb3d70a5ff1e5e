import { z } from 'zod';
import { nearestName } from '#/config/nearest-name.ts';
import {
  anything,
  boolean,
  choice,
  decimal,
  integer,
  nonEmptyText,
  object,
  optional,
  pattern,
  required,
  shape,
  text,
  type ValueType,
} from '#/config/value-types.ts';
import { storageDrivers } from '#/storage/drivers/index.ts';

/** One entry of `DISTRIBUTED_STORAGE_CONFIG`; `parameters` are checked against the engine's list. */
export interface StorageLocationConfiguration {
  readonly name: string;
  readonly engine: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

interface StorageEngine {
  readonly since: string;
  readonly parameters: ValueType<Record<string, unknown>>;
}

const port = optional(integer(1, 65_535));
const bareHost = pattern(/^(?!https?:)[^\s/]+$/i, 'a host name without http:// or https://');

const s3Fields = {
  s3_bucket: required(nonEmptyText),
  storage_path: required(text),
  s3_access_key: optional(text),
  s3_secret_key: optional(text),
  host: optional(bareHost),
  port,
  s3_region: optional(text),
  endpoint_url: optional(text),
  maximum_chunk_size_gb: optional(decimal(0)),
  minimum_chunk_size_mb: optional(decimal(0)),
  aws_session_token: optional(text),
  signature_version: optional(text),
  is_secure: optional(boolean),
  server_side_assembly: optional(boolean),
  server_side_encryption: optional(choice('AES256', 'none')),
};
const objectStoreFields = {
  hostname: required(bareHost),
  is_secure: required(boolean),
  access_key: required(text),
  secret_key: required(text),
  bucket_name: required(nonEmptyText),
  storage_path: required(text),
  port,
  signature_version: optional(text),
  maximum_chunk_size_mb: optional(decimal(0)),
};
const radosFields = {
  ...objectStoreFields,
  region_name: optional(text),
  minimum_chunk_size_mb: optional(decimal(0)),
  server_side_assembly: optional(boolean),
};

/** Every storage engine of Quay with its parameters. */
export const storageEngines: Readonly<Record<string, StorageEngine>> = {
  LocalStorage: {
    since: '2.9',
    parameters: shape({ storage_path: required(nonEmptyText) }),
  },
  S3Storage: { since: '2.9', parameters: shape(s3Fields) },
  GoogleCloudStorage: {
    since: '2.9',
    parameters: shape({
      access_key: required(text),
      secret_key: required(text),
      bucket_name: required(nonEmptyText),
      storage_path: required(text),
      boto_timeout: optional(decimal(0)),
      minimum_chunk_size_mb: optional(decimal(0)),
      signature_version: optional(text),
    }),
  },
  RadosGWStorage: { since: '2.9', parameters: shape(radosFields) },
  RHOCSStorage: { since: '3.2', parameters: shape(radosFields) },
  SwiftStorage: {
    since: '2.9',
    parameters: shape({
      swift_container: required(nonEmptyText),
      storage_path: required(text),
      auth_url: required(text),
      swift_user: required(text),
      swift_password: required(text),
      auth_version: optional(integer(1, 3)),
      os_options: optional(object),
      ca_cert_path: optional(text),
      temp_url_key: optional(text),
      simple_path_concat: optional(boolean),
      connect_timeout: optional(decimal(0)),
      retry_count: optional(integer(0)),
      retry_on_ratelimit: optional(boolean),
    }),
  },
  AzureStorage: {
    since: '2.9 (not in its guide)',
    parameters: shape({
      azure_container: required(nonEmptyText),
      azure_account_name: required(text),
      storage_path: required(text),
      azure_account_key: optional(text),
      sas_token: optional(text),
      connection_string: optional(text),
      is_emulated: optional(boolean),
      socket_timeout: optional(decimal(0)),
      request_timeout: optional(decimal(0)),
      endpoint_url: optional(text),
    }),
  },
  CloudFrontedS3Storage: {
    since: '2.9',
    parameters: shape({
      ...s3Fields,
      cloudfront_distribution_domain: required(text),
      cloudfront_key_id: required(text),
      cloudfront_privatekey_filename: required(text),
      cloudfront_distribution_org_overrides: optional(object),
    }),
  },
  CloudFlareStorage: {
    since: '3.9',
    parameters: shape({
      ...s3Fields,
      s3_region: required(text),
      cloudflare_domain: required(text),
      cloudflare_privatekey_filename: required(text),
    }),
  },
  MultiCDNStorage: {
    since: '3.9',
    parameters: shape({
      storage_config: required(object),
      providers: required(object),
      default_provider: required(text),
      rules: required(anything),
    }),
  },
  IBMCloudStorage: { since: '3.11', parameters: shape(objectStoreFields) },
  STSS3Storage: {
    since: '3.11',
    parameters: shape({
      s3_bucket: required(nonEmptyText),
      storage_path: required(text),
      sts_role_arn: optional(text),
      sts_user_access_key: optional(text),
      sts_user_secret_key: optional(text),
      s3_region: optional(text),
      endpoint_url: optional(text),
      maximum_chunk_size_gb: optional(decimal(0)),
      signature_version: optional(text),
    }),
  },
  AkamaiS3Storage: {
    since: '3.14',
    parameters: shape({
      ...s3Fields,
      s3_region: required(text),
      akamai_domain: required(text),
      akamai_shared_secret: required(text),
    }),
  },
};

/** Whether a driver of that name exists. */
export function isAvailable(engineName: string): boolean {
  return storageDrivers.some((driver) => driver.name === engineName);
}

const locationId = /^[a-zA-Z0-9_-]+$/;
const entryShape = z.tuple([z.string(), z.record(z.string(), z.unknown())]);
const expectedEntry = 'a list of two: the name of an engine and an object of parameters';

function parseLocations(
  raw: Record<string, unknown>,
  context: z.RefinementCtx,
): StorageLocationConfiguration[] {
  const refuse = (path: PropertyKey[], message: string): void => {
    context.addIssue({ code: 'custom', path, message });
  };
  const locations: StorageLocationConfiguration[] = [];
  if (Object.keys(raw).length === 0) refuse([], 'at least one location');
  for (const [name, entry] of Object.entries(raw)) {
    if (!locationId.test(name)) refuse([name], 'a location id of letters, digits, _ and -');
    const parsed = entryShape.safeParse(entry);
    if (!parsed.success) {
      refuse([name], expectedEntry);
      continue;
    }
    const [engineName, given] = parsed.data;
    const engine = Object.hasOwn(storageEngines, engineName) ? storageEngines[engineName] : undefined;
    if (engine === undefined) {
      refuse([name, 0], `one of ${Object.keys(storageEngines).join(', ')}`);
      continue;
    }
    if (!isAvailable(engineName)) {
      const available = Object.keys(storageEngines).filter(isAvailable);
      refuse([name, 0], `one of ${available.join(', ')}; ${engineName} is not available yet`);
    }
    const known = engine.parameters.fields ?? [];
    // A saved form holds null and empty text for what was left out.
    const present = Object.entries(given).filter(([, value]) => value !== null && value !== '');
    for (const [parameter] of present) {
      if (known.includes(parameter)) continue;
      const nearest = nearestName(parameter, known);
      refuse(
        [name, 1, parameter],
        nearest === undefined ? `a parameter of ${engineName}: ${known.join(', ')}` : `the name ${nearest}`,
      );
    }
    const parameters = engine.parameters.schema.safeParse(Object.fromEntries(present));
    if (parameters.success) locations.push({ name, engine: engineName, parameters: parameters.data });
    else for (const issue of parameters.error.issues) refuse([name, 1, ...issue.path], issue.message);
  }
  return locations;
}

/** The value of `DISTRIBUTED_STORAGE_CONFIG`, parsed to one entry a location in the order of the file. */
export const storageLocations: ValueType<StorageLocationConfiguration[]> = {
  schema: z
    .record(z.string(), z.unknown(), { error: 'an object of location ids' })
    .transform((raw, context) => parseLocations(raw, context)),
  label: 'object',
};
