import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { freePort } from '#/testing/free-port.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';

/** A bucket of a real object store. */
export interface CephBucket {
  readonly endpointUrl: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly bucket: string;
  stop(): Promise<void>;
}

const programs = ['ceph', 'ceph-authtool', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw', 'radosgw-admin'];
const run = promisify(execFile);

/** Why object store tests cannot run here, or undefined when they can. With REQUIRE_ALL=1 a reason is thrown. */
export function cephAbsence(): string | undefined {
  if (process.env.WHARF_TEST_S3_ENDPOINT !== undefined) return undefined;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const absent = programs.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
  if (absent.length === 0) return undefined;
  const reason = `SKIPPED: object store tests need Ceph (missing: ${absent.join(', ')}) or WHARF_TEST_S3_ENDPOINT`;
  if (process.env.REQUIRE_ALL === '1') throw new Error(reason);
  process.stderr.write(`${reason}\n`);
  return reason;
}

/**
 * The store of WHARF_TEST_S3_ENDPOINT (with _ACCESS_KEY, _SECRET_KEY and _BUCKET), or else a Ceph cluster of one monitor, one store in
 * memory and one gateway on loopback, which takes about 15 s to start and ends with `stop` or with the process.
 */
export async function startCeph(): Promise<CephBucket> {
  const { env } = process;
  if (env.WHARF_TEST_S3_ENDPOINT !== undefined) {
    return {
      endpointUrl: env.WHARF_TEST_S3_ENDPOINT,
      accessKey: env.WHARF_TEST_S3_ACCESS_KEY ?? '',
      secretKey: env.WHARF_TEST_S3_SECRET_KEY ?? '',
      bucket: env.WHARF_TEST_S3_BUCKET ?? 'wharf-test',
      async stop() {},
    };
  }
  const cluster = createCluster(scratchDirectory());
  try {
    return await cluster.start();
  } catch (error) {
    cluster.kill();
    throw error;
  }
}

/** The configuration of a registry that stores in the bucket, and calls the store by that host. */
export function registryOnCeph(ceph: CephBucket, hostname: string): Record<string, unknown> {
  const { port, protocol } = new URL(ceph.endpointUrl);
  const isSecure = protocol === 'https:';
  const parameters = {
    hostname,
    port: port === '' ? (isSecure ? 443 : 80) : Number(port),
    is_secure: isSecure,
    access_key: ceph.accessKey,
    secret_key: ceph.secretKey,
    bucket_name: ceph.bucket,
    storage_path: '/datastorage/registry',
  };
  return { DISTRIBUTED_STORAGE_CONFIG: { default: ['RadosGWStorage', parameters] } };
}

function createCluster(directory: string): { start(): Promise<CephBucket>; kill(): void } {
  const guards: ChildProcess[] = [];
  const configuration = join(directory, 'ceph.conf');
  const keyring = join(directory, 'keyring');
  const kill = (): void => {
    for (const guard of guards.splice(0)) guard.stdin?.end();
  };

  async function command(program: string, ...parameters: string[]): Promise<string> {
    const { stdout } = await run(program, parameters, { timeout: 60_000 });
    return stdout;
  }
  const ceph = (...parameters: string[]): Promise<string> =>
    command('ceph', '--connect-timeout', '10', '-c', configuration, ...parameters);

  /** The guard kills its daemon when its input ends: at `kill`, and however this process ends. */
  function daemon(program: string, ...parameters: string[]): void {
    const log = openSync(join(directory, `${program}.out`), 'a');
    const script = '"$@" & daemon=$!; cat > /dev/null; kill -9 $daemon';
    const words = ['-c', script, 'sh', program, '-c', configuration, '-f', ...parameters];
    const guard = spawn('sh', words, { detached: true, stdio: ['pipe', log, log] });
    guard.unref();
    closeSync(log);
    guards.push(guard);
  }

  return {
    kill,
    async start() {
      const clusterId = randomUUID();
      const [monitorPort, oldMonitorPort, gatewayPort] = [
        await freePort(),
        await freePort(),
        await freePort(),
      ];
      const monitor = `v2:127.0.0.1:${monitorPort},v1:127.0.0.1:${oldMonitorPort}`;
      for (const folder of ['mon', 'osd', 'rgw']) mkdirSync(join(directory, folder));
      writeFileSync(configuration, cephConfiguration({ directory, clusterId, monitor, gatewayPort }));

      const monitorMap = join(directory, 'monmap');
      await command('monmaptool', '--create', '--addv', 'a', `[${monitor}]`, '--fsid', clusterId, monitorMap);
      const everything = ['--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *', '--cap', 'mgr', 'allow *'];
      const osdRights = ['--cap', 'mon', 'allow profile osd', '--cap', 'osd', 'allow *'];
      await command(
        'ceph-authtool',
        '--create-keyring',
        keyring,
        '--gen-key',
        '-n',
        'mon.',
        '--cap',
        'mon',
        'allow *',
      );
      await command('ceph-authtool', keyring, '--gen-key', '-n', 'client.admin', ...everything);
      await command('ceph-authtool', keyring, '--gen-key', '-n', 'client.rgw', ...everything);
      await command('ceph-authtool', keyring, '--gen-key', '-n', 'osd.0', ...osdRights);
      await command(
        'ceph-mon',
        '-c',
        configuration,
        '--mkfs',
        '-i',
        'a',
        '--monmap',
        monitorMap,
        '--keyring',
        keyring,
      );
      daemon('ceph-mon', '-i', 'a');
      await until('the monitor answers', async () => (await ceph('mon', 'stat')).includes('quorum'));

      const osdId = randomUUID();
      await ceph('osd', 'new', osdId);
      await command('ceph-osd', '-c', configuration, '-i', '0', '--mkfs', '--osd-uuid', osdId);
      daemon('ceph-osd', '-i', '0');
      await until('the store is up', async () => (await ceph('osd', 'stat')).includes('1 up'));

      daemon('radosgw', '-n', 'client.rgw');
      const endpointUrl = `http://127.0.0.1:${gatewayPort}`;
      await until('the gateway answers', async () => (await fetch(endpointUrl)).ok);
      const account = { accessKey: 'testkey', secretKey: 'testsecret' };
      const keys = [`--access-key=${account.accessKey}`, `--secret-key=${account.secretKey}`];
      await command(
        'radosgw-admin',
        '-c',
        configuration,
        'user',
        'create',
        '--uid=test',
        '--display-name=test',
        ...keys,
      );
      const bucket = 'wharf-test';
      await createBucket(endpointUrl, account, bucket);
      return {
        endpointUrl,
        ...account,
        bucket,
        async stop() {
          kill();
        },
      };
    },
  };
}

function cephConfiguration(given: {
  readonly directory: string;
  readonly clusterId: string;
  readonly monitor: string;
  readonly gatewayPort: number;
}): string {
  const { directory } = given;
  const settings: Record<string, Record<string, string>> = {
    global: {
      fsid: given.clusterId,
      'mon initial members': 'a',
      'mon host': given.monitor,
      'public addr': '127.0.0.1',
      'cluster addr': '127.0.0.1',
      keyring: join(directory, 'keyring'),
      'osd pool default size': '1',
      'osd pool default min size': '1',
      'mon allow pool size one': 'true',
      'osd pool default pg num': '8',
      'osd pool default pgp num': '8',
      'osd pool default pg autoscale mode': 'off',
      'osd crush chooseleaf type': '0',
      'mon max pg per osd': '1000',
      'run dir': directory,
      'admin socket': join(directory, '$name.asok'),
      'log file': join(directory, '$name.log'),
      'mon data': join(directory, 'mon'),
      'osd data': join(directory, 'osd'),
      'rgw data': join(directory, 'rgw'),
      'mon data avail crit': '1',
      'mon data avail warn': '2',
      'auth allow insecure global id reclaim': 'false',
    },
    osd: { 'osd objectstore': 'memstore', 'memstore device bytes': `${4 * 1024 ** 3}` },
    'client.rgw': {
      // Without tcp_nodelay every GET waits 45 ms.
      'rgw frontends': `beast endpoint=127.0.0.1:${given.gatewayPort} tcp_nodelay=1`,
      'rgw dns name': 'localhost',
      'rgw crypt require ssl': 'false',
    },
  };
  return Object.entries(settings)
    .map(([section, lines]) => {
      const body = Object.entries(lines).map(([name, value]) => `${name} = ${value}`);
      return [`[${section}]`, ...body, ''].join('\n');
    })
    .join('\n');
}

async function createBucket(
  endpointUrl: string,
  account: { readonly accessKey: string; readonly secretKey: string },
  bucket: string,
): Promise<void> {
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: endpointUrl,
    forcePathStyle: true,
    credentials: { accessKeyId: account.accessKey, secretAccessKey: account.secretKey },
  });
  try {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
  } finally {
    client.destroy();
  }
}

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      if (await isTrue()) return;
    } catch (error) {
      last = error;
    }
    await delay(200);
  }
  throw new Error(`Ceph: waited in vain until ${what}`, { cause: last });
}
