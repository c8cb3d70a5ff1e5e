import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { mediaTypes } from '@wharf/oci';
import { bytesOf, digestOf } from '#/testing/bytes.ts';
import { openRawSession, sendRaw, withDigest } from '#/testing/client-http.ts';
import { alice } from '#/testing/client-registry.ts';
import { fetchRegistryToken, initializeServer, startServer } from '#/testing/server-process.ts';
import {
  describeJson,
  type FactContext,
  fact,
  makeImage,
  openRepository,
  putBlob,
  putManifest,
} from './fact.ts';

const megabyte = 1024 * 1024;

/** H7: what Node and frameworks do by default, and clients cannot live with. */
export function httpFacts(context: FactContext): void {
  const tokenFor = (repository: string): Promise<string> =>
    fetchRegistryToken(context.server, alice, `repository:${repository}:pull,push`);
  /** Sends headers with `Expect: 100-continue` and tells whether the server asked for the body. */
  const expectContinue = async (
    target: string,
    method: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
  ): Promise<{ status: number; asked: boolean }> => {
    const outgoing = request(new URL(target, context.server.url), {
      method,
      agent: false,
      headers: { ...headers, expect: '100-continue', 'content-length': body.length },
      timeout: 10_000,
    });
    let asked = false;
    outgoing.on('continue', () => {
      asked = true;
      outgoing.end(body);
    });
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
    outgoing.flushHeaders();
    const [answer] = await answered;
    answer.resume();
    await once(answer, 'end');
    outgoing.on('error', () => {});
    outgoing.destroy();
    return { status: answer.statusCode ?? 0, asked };
  };

  fact(64, 'large bodies and a manifest of 4 MiB', async () => {
    const { send, path } = await openRepository(context, 'h64');
    const content = bytesOf(12 * megabyte, 64);
    const started = await send('POST', `${path}/blobs/uploads/`);
    const written = await send('PATCH', started.headers.location ?? '', { body: content, chunked: true });
    assert.equal(written.headers.range, `0-${content.length - 1}`);
    const done = await send('PUT', withDigest(written.headers.location, digestOf(content)), { body: '' });
    assert.equal(done.status, 201, done.text);
    const { config, layer } = await makeImage(send, path, 'h64');
    const withPadding = (padding: number) =>
      describeJson(mediaTypes.ociManifest, {
        schemaVersion: 2,
        mediaType: mediaTypes.ociManifest,
        config,
        layers: [layer],
        annotations: { padding: 'x'.repeat(padding) },
      });
    const exact = withPadding(4 * megabyte - withPadding(0).size);
    assert.equal(exact.size, 4 * megabyte);
    const pushed = await putManifest(send, path, 'latest', exact);
    assert.equal(pushed.status, 201, pushed.text);
    const read = await send('GET', `${path}/manifests/latest`, { headers: { accept: '*/*' } });
    assert.equal(digestOf(read.body), exact.digest);
  });

  fact(65, 'any Content-Type, or none, reaches the uploads', async () => {
    const { send, path } = await openRepository(context, 'h65');
    for (const type of [
      undefined,
      'application/octet-stream',
      'application/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/plain',
      'no type at all',
    ]) {
      const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
      const started = await send('POST', `${path}/blobs/uploads/`, { headers });
      assert.equal(started.status, 202, `${type}: ${started.text}`);
      const written = await send('PATCH', started.headers.location ?? '', { headers, body: 'h65' });
      assert.equal(written.status, 202, `${type}: ${written.text}`);
      const target = withDigest(written.headers.location, digestOf(Buffer.from('h65')));
      assert.equal((await send('PUT', target, { headers, body: '' })).status, 201, type);
    }
  });

  fact(66, 'HEAD sends the real length and no body', async () => {
    const { send, path } = await openRepository(context, 'h66');
    const image = await makeImage(send, path, 'h66');
    await putManifest(send, path, 'latest', image);
    for (const [target, size] of [
      [`${path}/manifests/latest`, image.size],
      [`${path}/blobs/${image.layer.digest}`, image.layer.size],
    ] as const) {
      const head = await send('HEAD', target, { headers: { accept: '*/*' } });
      assert.equal(head.headers['content-length'], String(size));
      assert.equal(head.body.length, 0);
    }
  });

  fact(67, 'Accept: several lines, any case, parameters', async () => {
    const { send, path } = await openRepository(context, 'h67');
    const image = await makeImage(send, path, 'h67');
    await putManifest(send, path, 'latest', image);
    for (const accept of [
      [mediaTypes.schema2, mediaTypes.ociManifest],
      'Application/vnd.OCI.image.manifest.V1+JSON',
      `text/html;q=0.1 , ${mediaTypes.ociManifest} ; charset=utf-8;q=0.5`,
    ]) {
      const got = await send('GET', `${path}/manifests/latest`, { headers: { accept } });
      assert.equal(got.headers['content-type'], image.mediaType, String(accept));
    }
  });

  fact(68, 'Expect: 100-continue is answered before the body, or asks for it', async () => {
    const { send, path, repository } = await openRepository(context, 'h68');
    const started = await send('POST', `${path}/blobs/uploads/`);
    const body = bytesOf(100_000, 68);
    const authorization = `Bearer ${await tokenFor(repository)}`;
    const location = started.headers.location ?? '';
    assert.deepEqual(await expectContinue(location, 'PATCH', {}, body), { status: 401, asked: false });
    const huge = Buffer.alloc(64 * megabyte);
    const manifest = { authorization, 'content-type': mediaTypes.ociManifest };
    const refused = await expectContinue(`${path}/manifests/latest`, 'PUT', manifest, huge);
    assert.deepEqual(refused, { status: 413, asked: false });
    const unknown = `${path}/blobs/uploads/00000000-0000-0000-0000-000000000000`;
    const missing = await expectContinue(unknown, 'PATCH', { authorization }, body);
    assert.deepEqual(missing, { status: 404, asked: false });
    const taken = await expectContinue(location, 'PATCH', { authorization }, body);
    assert.deepEqual(taken, { status: 202, asked: true });
  });

  fact(69, 'a refused PATCH without a length does not hang', async () => {
    const { send, path } = await openRepository(context, 'h69');
    const started = await send('POST', `${path}/blobs/uploads/`);
    const refused = await sendRaw(context.server, {
      method: 'PATCH',
      target: started.headers.location ?? '',
      body: bytesOf(8 * megabyte, 69),
      chunked: true,
    });
    assert.equal(refused.status, 401);
  });

  fact(70, 'headers of 32 KiB', async () => {
    const { send } = await openRepository(context, 'h70');
    assert.equal(
      (await send('GET', '/v2/', { headers: { 'x-padding': 'x'.repeat(32 * 1024) } })).status,
      200,
    );
  });

  fact(71, 'a client that leaves in the middle of a PATCH can go on where the server stands', async () => {
    const { send, path, repository } = await openRepository(context, 'h71');
    const content = bytesOf(2 * megabyte, 71);
    const digest = digestOf(content);
    const started = await send('POST', `${path}/blobs/uploads/`);
    const location = started.headers.location ?? '';
    const outgoing = request(location, {
      method: 'PATCH',
      agent: false,
      headers: { authorization: `Bearer ${await tokenFor(repository)}`, 'content-length': content.length },
    });
    outgoing.on('error', () => {});
    await new Promise<void>((resolve) => outgoing.write(content.subarray(0, megabyte), () => resolve()));
    await new Promise<void>((resolve) => {
      outgoing.on('close', () => resolve());
      outgoing.destroy();
    });
    assert.equal((await send('HEAD', `${path}/blobs/${digest}`)).status, 404);
    // The server notices the end of the connection in its own time; until then the session is taken.
    const offset = await offsetOf(send, location);
    assert.ok(offset <= megabyte);
    const rest = await send('PATCH', location, {
      headers: { 'content-range': `${offset}-${content.length - 1}` },
      body: content.subarray(offset),
    });
    assert.equal(rest.status, 202, rest.text);
    const done = await send('PUT', withDigest(rest.headers.location, digest), { body: '' });
    assert.equal(done.status, 201, done.text);
  });

  /** Where the session stands once the broken request is over: an empty chunk is refused as long as it is not. */
  const offsetOf = async (
    send: Awaited<ReturnType<typeof openRawSession>>,
    location: string,
  ): Promise<number> => {
    const giveUpAt = performance.now() + 20_000;
    for (;;) {
      assert.ok(performance.now() < giveUpAt, 'the broken request still holds the session');
      const probe = await send('PATCH', location, { body: '' });
      if (probe.status === 409 || probe.status === 416) continue;
      assert.equal(probe.status, 202, probe.text);
      const range = String((await send('GET', location)).headers.range);
      const end = Number(range.split('-')[1]);
      return end === 0 ? 0 : end + 1;
    }
  };

  fact(72, 'answers without a body say so', async () => {
    const { send, path } = await openRepository(context, 'h72');
    const started = await send('POST', `${path}/blobs/uploads/`);
    const written = await send('PATCH', started.headers.location ?? '', { body: 'h72' });
    const target = withDigest(written.headers.location, digestOf(Buffer.from('h72')));
    const done = await send('PUT', target, { body: '' });
    await putManifest(send, path, 'latest', await makeImage(send, path, 'h72'));
    const deleted = await send('DELETE', `${path}/manifests/latest`);
    for (const [answer, status] of [
      [started, 202],
      [written, 202],
      [done, 201],
      [deleted, 202],
    ] as const) {
      assert.equal(answer.status, status);
      assert.equal(answer.headers['content-length'], '0');
      assert.equal(answer.headers['transfer-encoding'], undefined);
    }
    const again = await send('POST', `${path}/blobs/uploads/`);
    const cancelled = await send('DELETE', again.headers.location ?? '');
    assert.equal(cancelled.status, 204);
    assert.equal(cancelled.headers['transfer-encoding'], undefined);
  });

  fact(73, 'the configured name and scheme win over Host', async () => {
    const server = await startServer({
      configuration: {
        SERVER_HOSTNAME: 'registry.example.com',
        PREFERRED_URL_SCHEME: 'https',
        EXTERNAL_TLS_TERMINATION: true,
      },
    });
    try {
      await initializeServer(server, alice);
      const ping = await sendRaw(server, {
        method: 'GET',
        target: '/v2/',
        headers: { host: 'other.example.com' },
      });
      const realm = 'Bearer realm="https://registry.example.com/v2/auth",service="registry.example.com"';
      assert.equal(ping.headers['www-authenticate'], realm);
      const named = { url: server.url, host: 'registry.example.com' };
      const send = await openRawSession(named, alice, 'repository:alice/h73:pull,push');
      const started = await send('POST', '/v2/alice/h73/blobs/uploads/');
      assert.match(started.headers.location ?? '', /^https:\/\/registry\.example\.com\/v2\/alice\/h73\//);
    } finally {
      await server.dispose();
    }
  });

  fact(74, 'a digest in upper case is routed and unknown', async () => {
    const { send, path } = await openRepository(context, 'h74');
    const { digest } = await putBlob(send, path, 'h74');
    const upper = `sha256:${digest.slice('sha256:'.length).toUpperCase()}`;
    for (const method of ['HEAD', 'GET']) {
      const answer = await send(method, `${path}/blobs/${upper}`);
      assert.equal(answer.status, 404, answer.text);
    }
    assert.equal((await send('GET', `${path}/manifests/${upper}`)).status, 404);
  });

  fact(75, 'an idle connection outlives that of a proxy', async () => {
    const agent = new Agent({ keepAlive: true });
    const outgoing = request(new URL('/v2/', context.server.url), { agent });
    outgoing.end();
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    agent.destroy();
    const seconds = Number(/timeout=([0-9]+)/.exec(String(answer.headers['keep-alive']))?.[1]);
    assert.ok(seconds > 75, `${seconds} s`);
  });
}
