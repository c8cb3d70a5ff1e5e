import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { waitUntilReady } from '#/testing/database-server.ts';
import { findProgram, needsPrograms } from '#/testing/find-program.ts';
import { freePort } from '#/testing/free-port.ts';
import { startGuarded } from '#/testing/guarded-process.ts';
import { createPushClient } from '#/testing/push-client.ts';
import { makePushBlob } from '#/testing/push-image.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import { initializeServer, type ServerProcess, startServer } from '#/testing/server-process.ts';

const blob = makePushBlob(Buffer.from('0123456789'.repeat(1000)));
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(prefix: string | undefined): Promise<ServerProcess> {
  const server = await startServer({
    configuration: prefix === undefined ? {} : { X_ACCEL_REDIRECT_PREFIX: prefix },
  });
  cleanups.push(() => server.dispose());
  await initializeServer(server);
  return server;
}

async function pushTo(server: Pick<ServerProcess, 'url' | 'host'>) {
  const client = createPushClient({ server, repository: 'admin/app' });
  cleanups.push(() => client.close());
  await client.pushBlob(blob, 'docker');
  return client;
}

test('a configured prefix gives the path of the blob and no bytes', async () => {
  const client = await pushTo(await start('/_storage/'));
  const answer = await client.expect(200, 'GET', `blobs/${blob.digest}`);
  const hex = blob.digest.slice('sha256:'.length);
  assert.equal(answer.headers['x-accel-redirect'], `/_storage/sha256/${hex.slice(0, 2)}/${hex}`);
  assert.equal(answer.headers['docker-content-digest'], blob.digest);
  assert.equal(answer.body.length, 0);
  const none = await client.call('GET', `blobs/sha256:${'0'.repeat(64)}`);
  assert.equal(none.status, 404);
  assert.equal(none.headers['x-accel-redirect'], undefined);
});

test('without a prefix no request gets a path, whatever it says', async () => {
  const client = await pushTo(await start(undefined));
  const answer = await client.expect(200, 'GET', `blobs/${blob.digest}`, {
    headers: { 'x-accel-redirect': '/_storage', 'x-accel-mapping': '/=/_storage/' },
  });
  assert.equal(answer.headers['x-accel-redirect'], undefined);
  assert.deepEqual(answer.body, blob.bytes);
});

describe('behind nginx', needsPrograms('nginx'), () => {
  test('nginx sends the blob, whole and in ranges, and nobody reaches the store around the registry', async () => {
    const server = await start('/_storage');
    const port = await startNginx(server);
    const client = await pushTo({ url: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}` });
    const whole = await client.expect(200, 'GET', `blobs/${blob.digest}`);
    assert.deepEqual(whole.body, blob.bytes);
    assert.equal(whole.headers['docker-content-digest'], blob.digest);
    assert.equal(whole.headers.etag, `"${blob.digest}"`);
    const part = await client.expect(206, 'GET', `blobs/${blob.digest}`, {
      headers: { range: 'bytes=10-29' },
    });
    assert.deepEqual(part.body, blob.bytes.subarray(10, 30));
    const hex = blob.digest.slice('sha256:'.length);
    assert.equal((await client.call('GET', `/_storage/sha256/${hex.slice(0, 2)}/${hex}`)).status, 404);
  });
});

async function startNginx(server: ServerProcess): Promise<number> {
  const port = await freePort();
  const directory = scratchDirectory();
  const file = join(directory, 'nginx.conf');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${directory}/${name};`)
    .join(' ');
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${directory}/nginx.pid; error_log ${directory}/error.log;
events {}
http {
  access_log off; ${temporary}
  server {
    listen 127.0.0.1:${port};
    client_max_body_size 0;
    location / {
      proxy_pass ${server.url};
      proxy_http_version 1.1;
      proxy_request_buffering off;
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
    }
    location /_storage/ {
      internal;
      alias ${server.dataDirectory}/storage/;
      etag off;
      add_header ETag $upstream_http_etag;
      add_header Docker-Content-Digest $upstream_http_docker_content_digest;
    }
  }
}
`,
  );
  const nginx = startGuarded(findProgram('nginx') ?? 'nginx', ['-c', file, '-p', directory], {
    signal: 'QUIT',
  });
  cleanups.push(() => nginx.stop());
  await waitUntilReady(nginx, async () => {
    await fetch(`http://127.0.0.1:${port}/health/instance`);
  });
  return port;
}
