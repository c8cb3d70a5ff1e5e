import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually } from '#/testing/eventually.ts';
import { readMetric } from '#/testing/process-fixture.ts';
import { createPushClient, type PushClient } from '#/testing/push-client.ts';
import { makePushBlob, makePushImage } from '#/testing/push-image.ts';
import { initializeServer, type ServerProcess, startServer } from '#/testing/server-process.ts';

const layer = makePushBlob(Buffer.alloc(200_000, 'l'));
const image = makePushImage([layer], 'counted');
const bytes = image.blobs.reduce((sum, blob) => sum + blob.bytes.length, 0);

let first: ServerProcess;
let server: ServerProcess;
let client: PushClient;

before(async () => {
  first = await startServer({ configuration: { STAGGER_WORKERS: false } });
  server = first;
  await initializeServer(server);
  client = createPushClient({ server, repository: 'admin/app' });
});

after(async () => {
  client.close();
  await server.dispose();
  await first.dispose();
});

const metric = (name: string, ...labels: string[]): Promise<number> => readMetric(server, name, ...labels);

test('pushes and pulls, their bytes and log-ins are counted', async () => {
  await client.pushImage(image, 'latest', 'docker');
  assert.equal(await metric('wharf_uploads_started_total'), 2);
  assert.equal(await metric('wharf_uploads_ended_total', 'result="stored"'), 2);
  assert.equal(await metric('wharf_uploads_receiving'), 0);
  assert.equal(await metric('quay_registry_push_byte_count'), bytes);
  assert.equal(await metric('quay_registry_image_pushed_bytes_total'), bytes);
  assert.equal(await metric('quay_chunk_size_sum', 'storage_region="default"'), bytes);
  assert.equal(await metric('quay_chunk_upload_time_count', 'storage_region="default"'), 2);
  assert.equal(await metric('quay_chunk_upload_duration_seconds_count', 'region="default"'), 2);
  assert.equal(await metric('quay_repository_push', 'protocol="v2"', 'status="success"'), 1);

  await client.pullImage('latest');
  assert.equal(await metric('quay_registry_image_pulls_total', 'ref="tag"'), 1);
  assert.equal(await metric('quay_estimated_registry_pull_byte_count'), bytes);
  await client.pullBlob(layer.digest);
  assert.ok((await metric('quay_model_cache', 'cache="content"', 'type="hit"')) >= 1);
  assert.equal(await metric('quay_authentication_count', 'kind="basic"', 'status="true"'), 1);
  assert.equal(await metric('quay_request_duration_seconds_count', 'route="putManifest"', 'status="201"'), 1);
});

test('a client that leaves in the middle is counted, and nothing stays in flight', async () => {
  await assert.rejects(
    client.call('PATCH', await client.startUpload(layer), {
      body: (async function* () {
        yield layer.bytes.subarray(0, 1000);
        throw new Error('gone');
      })(),
      timeoutMs: 500,
    }),
  );
  await eventually(
    'the request ends',
    5_000,
    async () => (await metric('http_requests_aborted_total')) === 1,
  );
  await eventually(
    'nothing is in flight',
    5_000,
    async () => (await metric('http_requests_in_flight')) === 0,
  );
  await eventually('nothing is being received', 5_000, async () => {
    return (await metric('wharf_uploads_receiving')) === 0;
  });
});

test('rows are counted after the start, and background work is shown', async () => {
  await client.pushImage(image, 'again', 'docker');
  await server.stop();
  client.close();
  server = await startServer({
    dataDirectory: server.dataDirectory,
    configuration: { STAGGER_WORKERS: false },
  });
  client = createPushClient({ server, repository: 'admin/app' });
  await eventually('the counts', 10_000, async () => (await metric('quay_user_count')) === 1);
  assert.equal(await metric('quay_repository_count'), 1);
  assert.equal(await metric('quay_org_count'), 0);
  assert.equal(await metric('quay_work_queue_available', 'queue_name="notification"'), 0);
  await eventually('a worker has run', 10_000, async () => {
    return (await metric('wharf_worker_runs_total', 'worker="queue-depth"', 'result="success"')) >= 1;
  });
});
