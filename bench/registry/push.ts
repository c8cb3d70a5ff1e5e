import { createHash, randomUUID } from 'node:crypto';
import type { Connection } from '#/http/connection.ts';
import type { Response } from '#/http/response-reader.ts';
import { expectStatus } from '#/registry/expect-status.ts';
import { cutPieces, mebibyte, type Payload } from '#/registry/payload.ts';

/**
 * How the bytes of a layer travel: `monolithic` in the closing PUT; `chunked` in PATCH requests of at most 10 MiB with ranges;
 * `streamed` in one PATCH without a length, as docker, podman and skopeo do.
 */
export type PushMode = 'monolithic' | 'chunked' | 'streamed';

/** Where a push goes and with which rights. */
export interface Destination {
  readonly repository: string;
  /** Header lines of the authorisation. */
  readonly headers: string;
}

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const configType = 'application/vnd.oci.image.config.v1+json';
const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';
const chunkBytes = 10 * mebibyte;
/** Size of the pieces that a streaming client writes. */
const streamPieceBytes = 64 * 1024;

/** Uploads one blob: POST, the bytes as the mode says, PUT. */
export async function pushBlob(
  connection: Connection,
  { repository, headers }: Destination,
  payload: Payload,
  mode: PushMode,
): Promise<void> {
  const started = await expectStatus(connection, 202, {
    method: 'POST',
    path: `/v2/${repository}/blobs/uploads/`,
    headers,
  });
  let path = locationOf(started);
  const type = 'Content-Type: application/octet-stream\r\n';
  if (mode === 'chunked') {
    let offset = 0;
    for (const body of cutPieces(payload.pieces(), chunkBytes)) {
      const bodyBytes = body.reduce((sum, piece) => sum + piece.length, 0);
      const range = `Content-Range: ${offset}-${offset + bodyBytes - 1}\r\n`;
      const request = { method: 'PATCH', path, headers: headers + type + range, body, bodyBytes };
      path = locationOf(await expectStatus(connection, 202, request));
      offset += bodyBytes;
    }
  } else if (mode === 'streamed') {
    const body = smallPieces(payload);
    const request = { method: 'PATCH', path, headers: headers + type, body };
    path = locationOf(await expectStatus(connection, 202, request));
  }
  const closing = `${path}${path.includes('?') ? '&' : '?'}digest=${encodeURIComponent(payload.digest)}`;
  const body = mode === 'monolithic' ? { body: payload.pieces(), bodyBytes: payload.sizeBytes } : {};
  await expectStatus(connection, 201, { method: 'PUT', path: closing, headers: headers + type, ...body });
}

/** Pushes an image of the layers: a fresh config, then the manifest under the tag. Returns the manifest's digest. */
export async function pushManifest(
  connection: Connection,
  destination: Destination,
  tag: string,
  layers: readonly Payload[],
): Promise<string> {
  const config = jsonPayload({
    architecture: 'amd64',
    os: 'linux',
    author: randomUUID(),
    config: {},
    rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
  });
  await pushBlob(connection, destination, config, 'monolithic');
  const manifest = jsonPayload({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: configType, digest: config.digest, size: config.sizeBytes },
    layers: layers.map(({ digest, sizeBytes }) => ({ mediaType: layerType, digest, size: sizeBytes })),
  });
  await expectStatus(connection, 201, {
    method: 'PUT',
    path: `/v2/${destination.repository}/manifests/${tag}`,
    headers: `${destination.headers}Content-Type: ${manifestType}\r\n`,
    body: manifest.pieces(),
    bodyBytes: manifest.sizeBytes,
  });
  return manifest.digest;
}

/** Header line that asks for what `pushManifest` pushed. */
export const acceptManifest = `Accept: ${manifestType}\r\n`;

function jsonPayload(value: unknown): Payload {
  const bytes = Buffer.from(JSON.stringify(value));
  return {
    digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`,
    sizeBytes: bytes.length,
    pieces: () => [bytes],
  };
}

function* smallPieces(payload: Payload): Generator<Buffer> {
  for (const piece of payload.pieces()) {
    for (let at = 0; at < piece.length; at += streamPieceBytes)
      yield piece.subarray(at, at + streamPieceBytes);
  }
}

/** Path and query of the upload's next request. */
function locationOf(response: Response): string {
  const location = response.headers.get('location');
  if (location === undefined) throw new Error('the upload has no Location');
  const url = new URL(location, 'http://server');
  return url.pathname + url.search;
}
