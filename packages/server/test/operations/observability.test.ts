import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createPushClient, type PushClient } from '#/testing/push-client.ts';
import { runWharf } from '#/testing/push-command.ts';
import { callHttp, type HttpAnswer } from '#/testing/push-http.ts';
import { makePushBlob, makePushImage, randomLayers } from '#/testing/push-image.ts';
import { parsePrometheusText, type Sample } from '#/testing/push-prometheus.ts';
import { createRandom } from '#/testing/push-random.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import {
  fetchRegistryToken,
  initializeServer,
  type ServerProcess,
  startServer,
} from '#/testing/server-process.ts';

// Words that occur nowhere else, so that a search for them finds every leak.
const username = 'zebrauser';
const password = 'zebra-password-1';
const wrongPassword = 'zebra-password-wrong';
const repository = `${username}/zebrarepository`;
const tag = 'zebratag';
const image = makePushImage(randomLayers(createRandom('observability'), 2, 50_000), 'observed');

describe('a server that was pushed to', () => {
  const dataDirectory = scratchDirectory();
  let server: ServerProcess;
  let client: PushClient;
  /** What must not be seen in a log. */
  const secrets = [password, wrongPassword];

  before(async () => {
    server = await startServer({ dataDirectory, configuration: {}, env: { DEBUGLOG: 'true' } });
    const first = await initializeServer(server, { username, password });
    client = createPushClient({ server, repository, credentials: { username, password } });
    await client.pushImage(image, tag, 'docker');
    await client.pullImage(tag);
    const wrong = { username, password: wrongPassword };
    await assert.rejects(fetchRegistryToken(server, wrong, `repository:${repository}:pull`));
    const robotToken = (await runWharf(server, ['robot', 'create', `${username}+ci`])).trim();
    const robot = { username: `${username}+ci`, password: robotToken };
    await fetchRegistryToken(server, robot, `repository:${repository}:pull`);
    const forged = `${(await client.token()).slice(0, -12)}zebraforged0`;
    const { status } = await client.call('GET', 'tags/list', {
      headers: { authorization: `Bearer ${forged}` },
    });
    assert.equal(status, 401);
    for (const credentials of [
      { username, password },
      { username, password: wrongPassword },
    ])
      secrets.push(basicOf(credentials));
    secrets.push(first.access_token, first.encrypted_password, robotToken, forged, await client.token());
  });
  after(async () => {
    client?.close();
    await server?.dispose();
  });

  test('metrics are Prometheus text, count the push, and name nobody', async () => {
    const answer = await callHttp(server.metricsUrl, { method: 'GET' });
    assert.equal(answer.status, 200);
    assert.match(String(answer.headers['content-type']), /^text\/plain; version=0\.0\.4/);
    const samples = parsePrometheusText(answer.body.toString('utf8'));
    assert.ok(sumOf(samples, 'quay_registry_image_pushes_total') >= 1);
    assert.ok(sumOf(samples, 'quay_registry_image_pulls_total') >= 1);
    assert.ok(sumOf(samples, 'quay_request_duration_seconds_count') >= 10);
    for (const { name, labels } of samples) {
      for (const value of Object.values(labels)) {
        assert.doesNotMatch(value, /zebra|sha256|[0-9a-f]{8}-[0-9a-f]{4}/, `a label of ${name}`);
      }
    }
  });

  test('the number of series does not grow with what clients make up', async () => {
    const count = async (): Promise<number> =>
      parsePrometheusText((await callHttp(server.metricsUrl, { method: 'GET' })).body.toString('utf8'))
        .length;
    await callMadeUp(0);
    const before = await count();
    for (let index = 1; index < 20; index += 1) await callMadeUp(index);
    assert.ok((await count()) - before < 5);
  });

  async function callMadeUp(index: number): Promise<void> {
    for (const path of [`/nothing/${index}`, `/v2/a${index}/b/manifests/c${index}`, `/v2/x${index}`]) {
      await callHttp(`${server.url}${path}`, { method: 'GET' });
      await callHttp(`${server.url}${path}`, { method: 'PROPFIND' });
    }
  }

  test('each line of the log is JSON with a time and a level, and holds no secret', () => {
    const lines = server.output().split('\n');
    const begin = lines.findIndex((line) => line.startsWith('{'));
    assert.notEqual(begin, -1);
    const entries = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
    for (const entry of entries) {
      assert.ok(Number.isFinite(entry.time) || !Number.isNaN(Date.parse(entry.time)));
      assert.ok(entry.level !== undefined);
    }
    // The log did see what it must not tell.
    for (const operation of ['initializeFirstUser', 'issueToken', 'commitUpload', 'putManifest', 'listTags'])
      assert.ok(
        entries.some((entry) => entry.operation === operation),
        operation,
      );
    for (const secret of secrets) {
      assert.ok(secret.length >= 10);
      assert.ok(!server.output().includes(secret), `the log holds ${secret.slice(0, 8)}...`);
    }
  });

  test('health', async () => {
    const bodies: Readonly<Record<string, readonly string[]>> = {
      '/health/instance': [
        'auth',
        'database',
        'disk_space',
        'jwtproxy',
        'registry_gunicorn',
        'service_key',
        'verbs_gunicorn',
        'web_gunicorn',
      ],
      '/health/endtoend': ['auth', 'database', 'redis', 'storage'],
      '/status': ['auth', 'database', 'redis', 'storage'],
      '/health/warning': ['certificate_warning', 'disk_space_warning'],
    };
    for (const [path, names] of Object.entries(bodies)) {
      const { status, body } = await callHttp(`${server.url}${path}`, { method: 'GET' });
      const { data, status_code } = JSON.parse(body.toString('utf8'));
      assert.equal(status, 200, `${path}: ${body}`);
      assert.equal(status_code, 200);
      assert.equal(data.is_testing, false);
      assert.deepEqual(data.services, Object.fromEntries(names.map((name) => [name, true])), path);
    }
  });

  test('REGISTRY_STATE: readonly serves pulls and refuses every write', async () => {
    const open = await client.startUpload(makePushBlob(Buffer.from('open')));
    client.close();
    await server.stop();
    server = await startServer({ dataDirectory, configuration: { REGISTRY_STATE: 'readonly' } });
    client = createPushClient({ server, repository, credentials: { username, password } });
    assert.equal(await client.pullImage(tag), image.digest);
    await client.expect(200, 'GET', 'tags/list');
    const [layer] = image.blobs;
    const headers = { 'content-type': 'application/vnd.oci.image.manifest.v1+json' };
    for (const answer of [
      await client.call('POST', 'blobs/uploads/'),
      await client.call('POST', `blobs/uploads/?digest=${layer?.digest}`, { body: Buffer.from('x') }),
      await client.call('PATCH', open, { body: Buffer.from('open') }),
      await client.call('PUT', `${open}?digest=${layer?.digest}`),
      await client.call('DELETE', open),
      await client.call('PUT', 'manifests/other', { body: image.manifest, headers }),
      await client.call('DELETE', `manifests/${tag}`),
      await client.call('DELETE', `manifests/${image.digest}`),
      await client.call('DELETE', `blobs/${layer?.digest}`),
    ]) {
      assertReadOnly(answer);
    }
    assert.equal(await client.pullImage(tag), image.digest);
  });
});

test('start to first answer', async (context) => {
  const dataDirectory = scratchDirectory();
  for (const kind of ['first start', 'second start']) {
    const startedAt = performance.now();
    const server = await startServer({ dataDirectory });
    const { status } = await callHttp(`${server.url}/v2/`, { method: 'GET' });
    context.diagnostic(`${kind}: ${Math.round(performance.now() - startedAt)} ms`);
    assert.equal(status, 401);
    await server.stop();
    await server.dispose();
  }
});

function assertReadOnly(answer: HttpAnswer): void {
  const text = answer.body.toString('utf8');
  assert.equal(answer.status, 405, text);
  const [error] = JSON.parse(text).errors;
  assert.equal(error.code, 'DENIED');
  assert.equal(error.is_readonly, true);
}

function sumOf(samples: readonly Sample[], name: string): number {
  return samples.filter((sample) => sample.name === name).reduce((sum, { value }) => sum + value, 0);
}

function basicOf({ username, password }: { readonly username: string; readonly password: string }): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}
