import assert from 'node:assert/strict';
import { mediaTypes } from '@wharf/oci';
import { digestOf } from './bytes.ts';
import type { Credentials } from './client-registry.ts';
import { fetchRegistryToken, type ServerProcess } from './server-process.ts';

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

export interface StoredImage {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
  /** Digests of the blobs that the manifest, or the manifests of an index, name. */
  readonly blobs: readonly string[];
}

const everyType = [
  mediaTypes.ociIndex,
  mediaTypes.ociManifest,
  mediaTypes.list,
  mediaTypes.schema2,
  mediaTypes.schema1Signed,
].join(', ');

/** Reads an image back without any client, every byte of it, and checks all digests and sizes. */
export async function readStoredImage(
  server: Pick<ServerProcess, 'url' | 'host'>,
  credentials: Credentials | undefined,
  repository: string,
  reference: string,
): Promise<StoredImage> {
  const token = await fetchRegistryToken(server, credentials, `repository:${repository}:pull`);
  const read = async (path: string): Promise<{ response: Response; bytes: Buffer }> => {
    const response = await fetch(`${server.url}/v2/${repository}/${path}`, {
      headers: { authorization: `Bearer ${token}`, accept: everyType },
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    assert.equal(response.status, 200, `${path}: ${bytes.toString('utf8').slice(0, 500)}`);
    return { response, bytes };
  };
  const readManifest = async (name: string): Promise<StoredImage> => {
    const { response, bytes } = await read(`manifests/${name}`);
    const mediaType = response.headers.get('content-type') ?? '';
    const digest = response.headers.get('docker-content-digest') ?? '';
    const manifest = JSON.parse(bytes.toString('utf8')) as {
      config?: Descriptor;
      layers?: Descriptor[];
      manifests?: Descriptor[];
      fsLayers?: { blobSum: string }[];
    };
    if (mediaType !== mediaTypes.schema1Signed) assert.equal(digest, digestOf(bytes));
    const blobs: string[] = [];
    for (const child of manifest.manifests ?? []) {
      const image = await readManifest(child.digest);
      assert.equal(image.bytes.length, child.size);
      blobs.push(...image.blobs);
    }
    for (const blob of [...(manifest.config ? [manifest.config] : []), ...(manifest.layers ?? [])]) {
      const content = (await read(`blobs/${blob.digest}`)).bytes;
      assert.equal(digestOf(content), blob.digest);
      assert.equal(content.length, blob.size);
      blobs.push(blob.digest);
    }
    for (const { blobSum } of manifest.fsLayers ?? []) {
      assert.equal(digestOf((await read(`blobs/${blobSum}`)).bytes), blobSum);
      blobs.push(blobSum);
    }
    return { digest, mediaType, bytes, blobs };
  };
  return readManifest(reference);
}

/** Whether a reference answers to HEAD. */
export async function hasManifest(
  server: Pick<ServerProcess, 'url' | 'host'>,
  credentials: Credentials,
  repository: string,
  reference: string,
): Promise<boolean> {
  const token = await fetchRegistryToken(server, credentials, `repository:${repository}:pull`);
  const response = await fetch(`${server.url}/v2/${repository}/manifests/${reference}`, {
    method: 'HEAD',
    headers: { authorization: `Bearer ${token}`, accept: everyType },
  });
  return response.status === 200;
}
