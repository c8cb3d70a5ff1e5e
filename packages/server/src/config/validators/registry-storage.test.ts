import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { GetBucketCorsCommand, S3Client } from '@aws-sdk/client-s3';
import { parseConfiguration } from '#/config/load-configuration.ts';
import { type CephBucket, cephAbsence, registryOnCeph, startCeph } from '#/testing/ceph.ts';
import { makeCertificates } from '#/testing/certificates.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { reasonOf, validate } from '#/testing/validation.ts';

const local = (path: string) => ({ default: ['LocalStorage', { storage_path: path }] });

describe('registry-storage on a local directory', () => {
  const directory = scratchDirectory();
  writeFileSync(join(directory, 'file'), '');

  test('one that is there, and one that the start will make', async () => {
    for (const path of [directory, join(directory, 'to', 'be', 'made')]) {
      assert.equal(await reasonOf('registry-storage', { DISTRIBUTED_STORAGE_CONFIG: local(path) }), '');
    }
  });

  test('a file, and below a file', async () => {
    for (const [path, expected] of [
      [join(directory, 'file'), /^Location "default": .*\/file is not a directory/],
      [join(directory, 'file', 'below'), /^Location "default": .* (is not a directory|lies below a file)/],
    ] as const) {
      const reason = await reasonOf('registry-storage', { DISTRIBUTED_STORAGE_CONFIG: local(path) });
      assert.match(reason, expected);
    }
  });

  test('no location, an unknown engine, missing and unknown parameters, replication: each by its place', async () => {
    for (const [config, expected, more] of [
      [{}, 'DISTRIBUTED_STORAGE_CONFIG', {}],
      [local(directory), 'FEATURE_STORAGE_REPLICATION', { FEATURE_STORAGE_REPLICATION: true }],
      [{ a: ['CloudOfDreams', {}] }, 'DISTRIBUTED_STORAGE_CONFIG.a[0]', {}],
      [{ a: ['LocalStorage', {}] }, 'DISTRIBUTED_STORAGE_CONFIG.a[1].storage_path', {}],
      [
        { a: ['LocalStorage', { storage_path: '/x', s3_bucket: 'b' }] },
        'DISTRIBUTED_STORAGE_CONFIG.a[1].s3_bucket',
        {},
      ],
      [{ a: ['S3Storage', { storage_path: '/x' }] }, 'DISTRIBUTED_STORAGE_CONFIG.a[1].s3_bucket', {}],
    ] as const) {
      const { problems, configuration } = await parseConfiguration(
        {
          values: { SECRET_KEY: '1', DATABASE_SECRET_KEY: '2', ...more, DISTRIBUTED_STORAGE_CONFIG: config },
          problems: [],
        },
        { directory, dataDirectory: directory, env: {} },
      );
      assert.equal(configuration, undefined);
      const errors = problems.filter(({ severity }) => severity === 'error').map(({ key }) => key);
      assert.deepEqual(errors, [expected]);
    }
  });
});

describe('registry-storage on the object store of Ceph', { skip: cephAbsence() ?? false }, () => {
  let ceph: CephBucket;
  before(async () => {
    ceph = await startCeph();
  });
  after(() => ceph.stop());

  const located = (changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => {
    const config = registryOnCeph(ceph, '127.0.0.1').DISTRIBUTED_STORAGE_CONFIG as {
      default: [string, Record<string, unknown>];
    };
    const [engine, parameters] = config.default;
    return { DISTRIBUTED_STORAGE_CONFIG: { ceph: [engine, { ...parameters, ...changes }] } };
  };

  test('healthy: it is written and read, and browsers may load from it', async () => {
    assert.deepEqual(await validate('registry-storage', located()), { reason: undefined, warnings: [] });
    const client = new S3Client({
      region: 'us-east-1',
      endpoint: ceph.endpointUrl,
      forcePathStyle: true,
      credentials: { accessKeyId: ceph.accessKey, secretAccessKey: ceph.secretKey },
    });
    const { CORSRules = [] } = await client.send(new GetBucketCorsCommand({ Bucket: ceph.bucket }));
    client.destroy();
    assert.deepEqual(CORSRules.flatMap(({ AllowedMethods = [] }) => AllowedMethods).sort(), ['GET', 'PUT']);
  });

  test('broken: keys, bucket, port and TLS, in plain words and without the secret', async () => {
    const secret = 'another-secret-of-the-store';
    for (const [changes, expected] of [
      [{ secret_key: secret }, /the secret key is wrong/],
      [{ access_key: 'nobody', secret_key: secret }, /does not know the access key/],
      [{ bucket_name: 'no-such-bucket' }, /there is no bucket "no-such-bucket"/],
      [{ port: 1 }, /nothing listens there/],
      [{ hostname: 'store.invalid' }, /name is unknown|could not be looked up/],
      [{ is_secure: true }, /does not speak TLS/],
    ] as const) {
      const reason = await reasonOf('registry-storage', located(changes));
      assert.match(reason, /^Invalid storage configuration: ceph: /);
      assert.match(reason, expected);
      assert.ok(!reason.includes(secret) && !reason.includes(ceph.secretKey), reason);
    }
  });

  test('broken: a certificate of an unknown authority', async (t) => {
    const { certificate, key } = await makeCertificates('IP:127.0.0.1');
    const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const reason = await reasonOf('registry-storage', located({ is_secure: true, port }));
    assert.match(reason, /not signed by a known authority: put .* into extra_ca_certs/);
  });

  test('the second of two locations counts too', async () => {
    const { ceph: good } = located().DISTRIBUTED_STORAGE_CONFIG as { ceph: unknown };
    const { ceph: bad } = located({ bucket_name: 'no-such-bucket' }).DISTRIBUTED_STORAGE_CONFIG as {
      ceph: unknown;
    };
    const reason = await reasonOf('registry-storage', { DISTRIBUTED_STORAGE_CONFIG: { good, bad } });
    assert.match(reason, /^Invalid storage configuration: bad: .*no bucket/);
  });
});
