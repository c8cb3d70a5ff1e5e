import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { mediaTypes } from '@wharf/oci';
import { bytesOf, digestOf } from '#/testing/bytes.ts';
import { openRawSession, type RawAnswer } from '#/testing/client-http.ts';
import { alice, type ClientRegistry } from '#/testing/client-registry.ts';
import type { ServerProcess } from '#/testing/server-process.ts';

/** What every fact is checked against; the server is there when the tests run, not before. */
export interface FactContext {
  readonly registry: ClientRegistry;
  readonly server: ServerProcess;
}

export type Send = Awaited<ReturnType<typeof openRawSession>>;

const numbers: number[] = [];

/** A test named after a fact of part H of the registry reference; `options` may say why it cannot run here. */
export function fact(
  number: number,
  title: string,
  run: () => Promise<void>,
  options: { readonly skip?: string | false } = {},
): void {
  numbers.push(number);
  test(`H-${number}: ${title}`, options, run);
}

/** Numbers of all facts that are tests. */
export function testedFacts(): readonly number[] {
  return numbers;
}

/** A session of the owner with a new repository. */
export async function openRepository(
  context: FactContext,
  name: string,
): Promise<{ readonly repository: string; readonly path: string; readonly send: Send }> {
  const repository = `alice/${name}`;
  const send = await openRawSession(context.server, alice, `repository:${repository}:pull,push`);
  return { repository, path: `/v2/${repository}`, send };
}

export interface FactDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Uploads bytes in one request. */
export async function putBlob(
  send: Send,
  path: string,
  content: Buffer | string,
  mediaType: string = mediaTypes.octetStream,
): Promise<FactDescriptor> {
  const bytes = Buffer.from(content);
  const digest = digestOf(bytes);
  const done = await send('POST', `${path}/blobs/uploads/?digest=${digest}`, { body: bytes });
  assert.equal(done.status, 201, done.text);
  return { mediaType, digest, size: bytes.length };
}

export interface FactManifest extends FactDescriptor {
  readonly bytes: Buffer;
  readonly layer: FactDescriptor;
  readonly config: FactDescriptor;
}

/** Uploads the blobs of a small image that is like no other, and makes its manifest in one of the two formats. */
export async function makeImage(
  send: Send,
  path: string,
  seed: string,
  format: 'docker' | 'oci' = 'oci',
  more: Readonly<Record<string, unknown>> = {},
): Promise<FactManifest> {
  const isDocker = format === 'docker';
  const archive = bytesOf(2048, seed.length + 1);
  const config = await putBlob(
    send,
    path,
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: { Labels: { seed } },
      rootfs: { type: 'layers', diff_ids: [digestOf(archive)] },
      history: [{ created_by: seed }],
    }),
    isDocker ? mediaTypes.dockerConfig : mediaTypes.ociConfig,
  );
  const layerType = isDocker ? mediaTypes.dockerLayer : mediaTypes.ociLayerGzip;
  const layer = await putBlob(send, path, gzipSync(archive), layerType);
  const mediaType = isDocker ? mediaTypes.schema2 : mediaTypes.ociManifest;
  return {
    ...describeJson(mediaType, { schemaVersion: 2, mediaType, config, layers: [layer], ...more }),
    layer,
    config,
  };
}

/** Bytes and descriptor of a manifest. */
export function describeJson(
  mediaType: string,
  value: Readonly<Record<string, unknown>>,
): FactDescriptor & { readonly bytes: Buffer } {
  const bytes = Buffer.from(JSON.stringify(value));
  return { mediaType, digest: digestOf(bytes), size: bytes.length, bytes };
}

/** The descriptor alone, as an index or a subject names it. */
export function descriptorOf({ mediaType, digest, size }: FactDescriptor): FactDescriptor {
  return { mediaType, digest, size };
}

/** PUT of a manifest under a tag or its digest. */
export function putManifest(
  send: Send,
  path: string,
  reference: string,
  manifest: { readonly mediaType: string; readonly bytes: Buffer },
): Promise<RawAnswer> {
  return send('PUT', `${path}/manifests/${reference}`, {
    headers: { 'content-type': manifest.mediaType },
    body: manifest.bytes,
  });
}
