import assert from 'node:assert/strict';
import type { Agent } from 'node:http';
import { type Digest, mediaTypes } from '@wharf/oci';
import { digestOf } from './bytes.ts';
import { callHttp, type HttpAnswer, type HttpCall, keepAliveAgent } from './push-http.ts';
import type { PushBlob, PushImage } from './push-image.ts';
import { fetchRegistryToken, type ServerProcess } from './server-process.ts';

/**
 * docker: POST, one PATCH in chunked encoding, PUT; monolithic: POST, PUT with the bytes; single: POST with the bytes; chunked: POST,
 * several PATCH with ranges, PUT.
 */
export type PushDialect = 'docker' | 'monolithic' | 'single' | 'chunked';

export const pushDialects: readonly PushDialect[] = ['docker', 'monolithic', 'single', 'chunked'];

/** What the server acknowledged, told at once. */
export interface PushObserver {
  uploadStarted?(path: string, blob: PushBlob): void;
  /** The server has promised that so many bytes are kept. */
  chunkKept?(path: string, sizeBytes: number): void;
  /** From here on the upload may end in a blob, whether the answer arrives or not. */
  committing?(path: string): void;
  blobKept?(blob: PushBlob): void;
  /** From here on the tag may show the image. */
  manifestSending?(image: PushImage, tag: string): void;
  manifestKept?(image: PushImage, tag: string): void;
}

export interface PushClientOptions {
  readonly server: Pick<ServerProcess, 'url' | 'host'>;
  /** Namespace and name. */
  readonly repository: string;
  readonly credentials?: { readonly username: string; readonly password: string };
  /** In place of one that is fetched with the credentials. */
  readonly token?: string;
  readonly observer?: PushObserver;
  /** In place of requests over HTTP/1.1. */
  readonly transport?: (url: string, call: HttpCall) => Promise<HttpAnswer>;
}

/** An answer that a push or a pull did not want. */
export class RefusedError extends Error {
  readonly answer: HttpAnswer;

  constructor(what: string, answer: HttpAnswer) {
    super(`${what} answered ${answer.status}: ${answer.body.toString('utf8').slice(0, 500)}`);
    this.name = 'RefusedError';
    this.answer = answer;
  }
}

export type PushClient = ReturnType<typeof createPushClient>;

const manifestTypes = [mediaTypes.ociManifest, mediaTypes.ociIndex, mediaTypes.schema2].join(', ');

/** A client of one repository that does exactly what it is told, unlike real ones, which hide failures behind retries. */
export function createPushClient(options: PushClientOptions) {
  const { server, repository, observer } = options;
  const credentials = options.credentials ?? { username: 'admin', password: 'password1' };
  const agent: Agent = keepAliveAgent(server.url);
  const transport = options.transport ?? callHttp;
  let token = options.token === undefined ? undefined : Promise.resolve(options.token);

  function fetchToken(): Promise<string> {
    return fetchRegistryToken(server, credentials, `repository:${repository}:pull,push`);
  }

  /** Any request, with a token that is fetched once; `path` is absolute or begins after the repository. */
  async function call(
    method: string,
    path: string,
    more: Omit<HttpCall, 'method'> = {},
  ): Promise<HttpAnswer> {
    token ??= fetchToken();
    const url = path.startsWith('/') ? `${server.url}${path}` : `${server.url}/v2/${repository}/${path}`;
    return await transport(url, {
      ...more,
      method,
      agent: more.agent ?? agent,
      headers: { authorization: `Bearer ${await token}`, ...more.headers },
    });
  }

  async function expect(
    status: number,
    method: string,
    path: string,
    more: Omit<HttpCall, 'method'> = {},
  ): Promise<HttpAnswer> {
    const answer = await call(method, path, more);
    if (answer.status !== status) throw new RefusedError(`${method} ${path}`, answer);
    return answer;
  }

  /** Starts an upload and returns its path. */
  async function startUpload(blob: PushBlob): Promise<string> {
    const path = locationOf(await expect(202, 'POST', 'blobs/uploads/'));
    observer?.uploadStarted?.(path, blob);
    return path;
  }

  /** Sends the bytes from `offset` on, as one PATCH, and returns the upload's path. */
  async function sendChunk(path: string, bytes: Buffer, offset: number | undefined): Promise<string> {
    const answer =
      offset === undefined
        ? await expect(202, 'PATCH', path, { body: inPieces(bytes) })
        : await expect(202, 'PATCH', path, {
            body: bytes,
            headers: { 'content-range': `${offset}-${offset + bytes.length - 1}` },
          });
    observer?.chunkKept?.(path, (offset ?? 0) + bytes.length);
    return locationOf(answer);
  }

  async function commitUpload(path: string, blob: PushBlob, body?: Buffer): Promise<void> {
    observer?.committing?.(path);
    const answer = await expect(201, 'PUT', `${path}?digest=${blob.digest}`, body && { body });
    assert.equal(answer.headers['docker-content-digest'], blob.digest);
    observer?.blobKept?.(blob);
  }

  async function pushBlob(blob: PushBlob, dialect: PushDialect): Promise<void> {
    const { bytes, digest } = blob;
    if (dialect === 'single') {
      await expect(201, 'POST', `blobs/uploads/?digest=${digest}`, { body: bytes });
      observer?.blobKept?.(blob);
      return;
    }
    let path = await startUpload(blob);
    if (dialect === 'monolithic') {
      await commitUpload(path, blob, bytes);
      return;
    }
    if (dialect === 'docker') path = await sendChunk(path, bytes, undefined);
    else {
      const chunkBytes = Math.max(1, Math.ceil(bytes.length / 3));
      for (let offset = 0; offset < bytes.length; offset += chunkBytes)
        path = await sendChunk(path, bytes.subarray(offset, offset + chunkBytes), offset);
    }
    await commitUpload(path, blob);
  }

  async function hasBlob(digest: Digest): Promise<boolean> {
    const { status } = await call('HEAD', `blobs/${digest}`);
    if (status !== 200 && status !== 404) throw new Error(`HEAD of a blob answered ${status}`);
    return status === 200;
  }

  async function pushManifest(image: PushImage, tag: string): Promise<void> {
    observer?.manifestSending?.(image, tag);
    const answer = await expect(201, 'PUT', `manifests/${tag}`, {
      body: image.manifest,
      headers: { 'content-type': mediaTypes.ociManifest },
    });
    assert.equal(answer.headers['docker-content-digest'], image.digest);
    observer?.manifestKept?.(image, tag);
  }

  /** Pushes what the repository lacks, then the manifest, in the order of docker. */
  async function pushImage(image: PushImage, tag: string, dialect: PushDialect): Promise<void> {
    for (const blob of image.blobs) {
      if (!(await hasBlob(blob.digest))) await pushBlob(blob, dialect);
    }
    await pushManifest(image, tag);
  }

  /** Reads a blob and proves its digest. */
  async function pullBlob(digest: Digest): Promise<Buffer> {
    const { body } = await expect(200, 'GET', `blobs/${digest}`);
    assert.equal(digestOf(body), digest, 'the bytes of a blob have its digest');
    return body;
  }

  /** Pulls a whole image, proves every digest and size, and returns the digest of its manifest. */
  async function pullImage(reference: string): Promise<Digest> {
    const answer = await expect(200, 'GET', `manifests/${reference}`, { headers: { accept: manifestTypes } });
    const digest = digestOf(answer.body);
    assert.equal(answer.headers['docker-content-digest'], digest);
    if (reference.startsWith('sha256:')) assert.equal(digest, reference);
    const manifest: {
      readonly config: { readonly digest: Digest; readonly size: number };
      readonly layers: readonly { readonly digest: Digest; readonly size: number }[];
    } = JSON.parse(answer.body.toString('utf8'));
    for (const blob of [...manifest.layers, manifest.config]) {
      assert.equal((await pullBlob(blob.digest)).length, blob.size);
    }
    return digest;
  }

  return {
    repository,
    call,
    expect,
    startUpload,
    sendChunk,
    commitUpload,
    pushBlob,
    hasBlob,
    pushManifest,
    pushImage,
    pullBlob,
    pullImage,
    /** The token in use, fetched on first demand. */
    async token(): Promise<string> {
      token ??= fetchToken();
      return await token;
    },
    /** Closes its connections. */
    close(): void {
      agent.destroy();
    },
  };
}

/** Path of the upload that an answer names. */
function locationOf(answer: HttpAnswer): string {
  const { location } = answer.headers;
  assert.ok(location !== undefined, 'an upload answers with its location');
  return new URL(location, 'http://localhost').pathname;
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  const pieceBytes = 16 * 1024;
  for (let start = 0; start < bytes.length; start += pieceBytes)
    yield bytes.subarray(start, start + pieceBytes);
}
