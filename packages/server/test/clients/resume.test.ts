import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bytesOf, digestOf } from '#/testing/bytes.ts';
import { openRawSession, withDigest } from '#/testing/client-http.ts';
import { hasManifest, readStoredImage } from '#/testing/client-image-check.ts';
import { type ClientOptions, runClient } from '#/testing/client-process.ts';
import { startClientRecorder } from '#/testing/client-recorder.ts';
import { alice, type ClientRegistry, startClientRegistry } from '#/testing/client-registry.ts';
import { findProgram, needsPrograms } from '#/testing/find-program.ts';
import { gzipLayer } from '#/testing/image-layers.ts';
import { createImageLayout, type ImageLayout, type LayoutDescriptor } from '#/testing/image-layout.ts';
import { initializeServer, startServer } from '#/testing/server-process.ts';

const megabyte = 1024 * 1024;

describe('a client that is killed in the middle of a push', () => {
  let registry: ClientRegistry;
  let layout: ImageLayout;
  let image: LayoutDescriptor;
  before(async () => {
    registry = await startClientRegistry();
    layout = createImageLayout(path('layout'));
    const layer = gzipLayer([{ name: 'large', content: bytesOf(24 * megabyte, 9) }]);
    image = layout.tag('large', layout.addImage({ layers: [layer] }));
    await layout.write();
  });
  after(() => registry.dispose());

  const path = (name: string): string => join(registry.directory, name);
  const options = (): ClientOptions => ({
    env: {
      PATH: process.env.PATH ?? '',
      HOME: registry.directory,
      TMPDIR: registry.directory,
      REGISTRY_AUTH_FILE: path('alice.json'),
      DOCKER_CONFIG: path('alice'),
    },
  });

  for (const [program, login, push] of [
    [
      'skopeo',
      (host: string) => ['login', '--tls-verify=false', '-u', alice.username, '--password-stdin', host],
      (to: string) => ['copy', '--dest-tls-verify=false', `oci:${layout.directory}:large`, `docker://${to}`],
    ],
    [
      'crane',
      (host: string) => ['auth', 'login', host, '-u', alice.username, '--password-stdin'],
      (to: string) => ['push', layout.directory, to],
    ],
  ] as const) {
    test(`${program}: nothing is stored, and the next push succeeds`, needsPrograms(program), async () => {
      const recorder = await startClientRecorder(registry.server.port);
      const repository = `alice/${program}`;
      for (const host of [recorder.host, registry.server.host]) {
        await runClient(program, login(host), { ...options(), input: alice.password });
      }
      const held = recorder.holdAfter(8 * megabyte);
      const client = spawn(findProgram(program) ?? '', push(`${recorder.host}/${repository}:1`), {
        env: options().env,
        stdio: 'ignore',
      });
      const ended = once(client, 'exit');
      await Promise.race([held, ended]);
      client.kill('SIGKILL');
      const [, signal] = await ended;
      assert.equal(signal, 'SIGKILL', 'it was still pushing');
      await recorder.close();
      assert.equal(await hasManifest(registry.server, alice, repository, '1'), false);
      await runClient(program, push(`${registry.server.host}/${repository}:1`), options());
      const stored = await readStoredImage(registry.server, alice, repository, '1');
      assert.equal(stored.digest, image.digest);
    });
  }
});

describe('a server that ends in the middle of a push', () => {
  for (const end of ['stop', 'kill'] as const) {
    test(`${end}: the upload continues on the next one`, async () => {
      const dataDirectory = await mkdtemp(join(tmpdir(), 'wharf-restart-'));
      const content = bytesOf(9 * megabyte, 13);
      let server = await startServer({ dataDirectory });
      try {
        await initializeServer(server, alice);
        const send = await openRawSession(server, alice, 'repository:alice/app:pull,push');
        const started = await send('POST', '/v2/alice/app/blobs/uploads/');
        const first = await send('PATCH', started.headers.location ?? '', {
          body: content.subarray(0, 5 * megabyte),
        });
        assert.equal(first.status, 202, first.text);

        await server[end]();
        server = await startServer({ dataDirectory, port: server.port });

        const where = await send('GET', first.headers.location ?? '');
        assert.equal(where.status, 204, where.text);
        assert.equal(where.headers.range, `0-${5 * megabyte - 1}`);
        const second = await send('PATCH', where.headers.location ?? '', {
          headers: { 'content-range': `${5 * megabyte}-${content.length - 1}` },
          body: content.subarray(5 * megabyte),
        });
        assert.equal(second.status, 202, second.text);
        const digest = digestOf(content);
        const done = await send('PUT', withDigest(second.headers.location, digest), { body: '' });
        assert.equal(done.status, 201, done.text);
        const blob = await send('GET', `/v2/alice/app/blobs/${digest}`);
        assert.ok(blob.body.equals(content));
      } finally {
        await server.dispose();
        await rm(dataDirectory, { recursive: true, force: true });
      }
    });
  }
});
