import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { StorageError } from '#/storage/driver.ts';
import { openStorage } from '#/storage/open-storage.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';

const directory = scratchDirectory();
const s3 = { s3_bucket: 'b', storage_path: '/x' };
const gateway = {
  bucket_name: 'b',
  storage_path: '/x',
  access_key: 'k',
  secret_key: 's',
  hostname: 'h',
  is_secure: true,
};

const refused: [string, string, Record<string, unknown>, RegExp][] = [
  [
    'an unknown engine',
    'S3Store',
    {},
    /location "here": .*"S3Store".*LocalStorage, S3Storage, RadosGWStorage/,
  ],
  ['a missing parameter', 'LocalStorage', {}, /storage_path/],
  ['an empty parameter', 'LocalStorage', { storage_path: '' }, /storage_path/],
  [
    'an unknown parameter',
    'LocalStorage',
    { storage_path: '/x', path: '/y' },
    /unknown path \(it takes storage_path\)/,
  ],
  [
    'a host with a scheme',
    'S3Storage',
    { ...s3, host: 'https://s3.example' },
    /host: .*without http:\/\/ or https:\/\//,
  ],
  ['a host with a path', 'S3Storage', { ...s3, host: 's3.example/x' }, /host/],
  ['an old signature', 'S3Storage', { ...s3, signature_version: 's3' }, /signature_version: only s3v4/],
  ['half of the credentials', 'S3Storage', { ...s3, s3_access_key: 'k' }, /s3_secret_key/],
  ['a port that is none', 'S3Storage', { ...s3, port: '80a' }, /port/],
  ['a URL that is none', 'S3Storage', { ...s3, endpoint_url: 'ftp://x' }, /endpoint_url/],
  ['copies larger than S3 takes', 'S3Storage', { ...s3, maximum_chunk_size_gb: 6 }, /maximum_chunk_size_gb/],
  ['several at once', 'S3Storage', { host: 'http://x', port: 0 }, /s3_bucket.*storage_path.*host.*port/],
  ['a gateway with a scheme', 'RadosGWStorage', { ...gateway, hostname: 'http://h' }, /hostname/],
];

describe('openStorage', () => {
  for (const [name, engine, parameters, message] of refused) {
    test(`refuses ${name}`, async () => {
      await assert.rejects(openStorage([{ name: 'here', engine, parameters }]), (error: unknown) => {
        assert.ok(error instanceof StorageError);
        assert.equal(error.kind, 'invalid');
        assert.match(error.message, message);
        return true;
      });
    });
  }

  test('takes every parameter that Quay knows, and null for those left out', async () => {
    const all = {
      ...s3,
      s3_access_key: 'k',
      s3_secret_key: 's',
      aws_session_token: 't',
      host: 'store.example',
      port: '9000',
      is_secure: false,
      s3_region: null,
      endpoint_url: '',
      minimum_chunk_size_mb: 5,
      maximum_chunk_size_gb: 5,
      signature_version: 's3v4',
      server_side_assembly: true,
      server_side_encryption: 'none',
    };
    const storage = await openStorage([
      { name: 'a', engine: 'S3Storage', parameters: all },
      {
        name: 'b',
        engine: 'RadosGWStorage',
        parameters: { ...gateway, port: 7480, maximum_chunk_size_mb: 100 },
      },
      { name: 'c', engine: 'RHOCSStorage', parameters: gateway },
      { name: 'd', engine: 'LocalStorage', parameters: { storage_path: join(directory, 'd') } },
    ]);
    assert.deepEqual(
      storage.locations.map((location) => location.name),
      ['a', 'b', 'c', 'd'],
    );
    const url = await storage.preferred.driver.signedUrl('sha256/ab/cd', {
      expiresInSeconds: 600,
      method: 'GET',
    });
    assert.match(url ?? '', /^http:\/\/store\.example:9000\/b\/x\/sha256\/ab\/cd\?.*X-Amz-Expires=600/);
    await storage.close();
  });
});

describe('createStorage', () => {
  const parameters = { storage_path: join(directory, 'one') };
  const open = (...names: string[]): ReturnType<typeof openStorage> =>
    openStorage(names.map((name) => ({ name, engine: 'LocalStorage', parameters })));

  test('needs a location, and each only once', async () => {
    await assert.rejects(open(), /no storage location/);
    await assert.rejects(open('a', 'a'), /"a" is configured twice/);
  });

  test('chooses the first preferred location that holds the object', async () => {
    const storage = await open('a', 'b', 'c');
    assert.equal(storage.preferred.name, 'a');
    assert.equal(storage.choose(['c', 'b'])?.name, 'b');
    assert.equal(storage.choose(['z'])?.name, undefined);
    assert.equal(storage.get('c').name, 'c');
    await storage.close();
  });

  test('a location that is no longer configured is unavailable', async () => {
    const storage = await open('a');
    assert.throws(
      () => storage.get('z'),
      (error: unknown) => error instanceof StorageError && error.kind === 'unavailable',
    );
    await storage.close();
  });
});
