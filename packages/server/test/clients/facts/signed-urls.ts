import assert from 'node:assert/strict';
import { join } from 'node:path';
import { digestOf } from '#/testing/bytes.ts';
import { cephAbsence, registryOnCeph, startCeph } from '#/testing/ceph.ts';
import { openRawSession } from '#/testing/client-http.ts';
import { tryClient } from '#/testing/client-process.ts';
import { alice, type ClientRegistry, startClientRegistry } from '#/testing/client-registry.ts';
import { findProgram } from '#/testing/find-program.ts';
import { fact, makeImage, putManifest } from './fact.ts';

/** H-10: an object store that signs URLs, on another host than the registry and on the same. */
export function signedUrlFact(): void {
  const absence = cephAbsence();
  const title = 'a signed URL needs no token, and no client sends its token to a store that would refuse it';
  fact(10, title, checkSignedUrls, { skip: absence ?? false });
}

async function checkSignedUrls(): Promise<void> {
  const ceph = await startCeph();
  try {
    const { hostname } = new URL(ceph.endpointUrl);
    const registry = await startClientRegistry({ configuration: registryOnCeph(ceph, hostname) });
    try {
      await checkStore(registry);
    } finally {
      await registry.dispose();
    }
  } finally {
    await ceph.stop();
  }
}

/** The whole image by skopeo and its layer by oras, each of which decides for itself what goes along on a redirect. */
function clientPulls(host: string, digest: string, directory: string): readonly (readonly string[])[] {
  const [name, password] = [alice.username, alice.password];
  const folder = `dir:${join(directory, `h10-${host.split(':', 1)}`)}`;
  const words = ['copy', '--src-tls-verify=false', '--src-creds', `${name}:${password}`];
  const login = ['--plain-http', '--username', name, '--password', password];
  return [
    ['skopeo', ...words, `docker://${host}/alice/h10:latest`, folder],
    [
      'oras',
      'blob',
      'fetch',
      ...login,
      '--output',
      join(directory, 'h10-blob'),
      `${host}/alice/h10@${digest}`,
    ],
  ];
}

async function checkStore(registry: ClientRegistry): Promise<void> {
  const { server } = registry;
  const otherHost = `localhost:${server.port}`;
  const path = '/v2/alice/h10';
  const send = await openRawSession(server, alice, 'repository:alice/h10:pull,push');
  const image = await makeImage(send, path, 'h10');
  assert.equal((await putManifest(send, path, 'latest', image)).status, 201);
  const target = `${path}/blobs/${image.layer.digest}`;

  const own = await send('GET', target);
  assert.deepEqual(
    [own.status, digestOf(own.body)],
    [200, image.layer.digest],
    'the store has the same host',
  );

  const far = await openRawSession(
    { url: `http://${otherHost}`, host: otherHost },
    alice,
    'repository:alice/h10:pull',
  );
  const redirect = await far('GET', target);
  assert.equal(redirect.status, 302, redirect.text);
  const signed = await fetch(redirect.headers.location ?? '');
  assert.equal(signed.status, 200);
  assert.equal(digestOf(Buffer.from(await signed.arrayBuffer())), image.layer.digest);
  const both = await fetch(redirect.headers.location ?? '', { headers: { authorization: 'Bearer token' } });
  assert.equal(both.status, 400, 'what happens to a token that is sent along');

  for (const host of [server.host, otherHost]) {
    for (const [program, ...words] of clientPulls(host, image.layer.digest, registry.directory)) {
      if (program === undefined || findProgram(program) === undefined) continue;
      const pulled = await tryClient(program, words, { env: { HOME: registry.directory } });
      assert.equal(pulled.code, 0, `${program} at ${host}: ${pulled.output}`);
    }
  }
}
