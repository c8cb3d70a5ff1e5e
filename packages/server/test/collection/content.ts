import { gzipSync } from 'node:zlib';
import { type Digest, mediaTypes, parseManifest } from '@wharf/oci';
import { bytesOf, digestOf } from '#/testing/bytes.ts';

export interface Blob {
  readonly digest: Digest;
  readonly bytes: Buffer;
}

/** An image or index that clients of the model push. */
export interface Content {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly blobs: readonly Blob[];
  readonly children: readonly Content[];
  readonly lifetimeMs: number | undefined;
  readonly hasSubject: boolean;
}

const lifetimeHours = 2;

/** Few blobs in many images, so that what one tag needs is what another just lost; each seed has its own. */
export function makeContents(seed: number): readonly Content[] {
  const layers = [1, 2, 3].map((n) => makeBlob(gzipSync(bytesOf(64 + n, seed * 10 + n))));
  const image = (chosen: readonly number[], labels = {}, more = {}): Content => {
    const used = chosen.flatMap((n) => layers[n] ?? []);
    const config = makeBlob(
      Buffer.from(
        JSON.stringify({
          architecture: 'amd64',
          os: 'linux',
          created: `seed ${seed % 2}`,
          config: { Labels: labels },
          rootfs: { type: 'layers', diff_ids: used.map(({ digest }) => digest) },
        }),
      ),
    );
    return makeContent(
      {
        schemaVersion: 2,
        mediaType: mediaTypes.ociManifest,
        config: describe(mediaTypes.ociConfig, config),
        layers: used.map((layer) => describe(mediaTypes.ociLayerGzip, layer)),
        ...more,
      },
      {
        blobs: [config, ...used],
        ...('quay.expires-after' in labels && { lifetimeMs: lifetimeHours * 3600_000 }),
      },
    );
  };
  const first = image([0]);
  const second = image([0, 1]);
  const third = image([2]);
  const short = image([1, 2], { 'quay.expires-after': `${lifetimeHours}h` });
  const signature = image([1], {}, { subject: describe(first.mediaType, first) });
  const index = makeContent(
    {
      schemaVersion: 2,
      mediaType: mediaTypes.ociIndex,
      manifests: [first, third].map((child) => describe(child.mediaType, child)),
    },
    { blobs: [], children: [first, third] },
  );
  return [first, second, third, short, signature, index];
}

/** A manifest with everything below it, each once. */
export function withChildren(content: Content): readonly Content[] {
  return [content, ...content.children.flatMap(withChildren)];
}

function makeBlob(bytes: Buffer): Blob {
  return { digest: digestOf(bytes), bytes };
}

function describe(mediaType: string, { digest, bytes }: Blob) {
  return { mediaType, digest, size: bytes.length };
}

function makeContent(
  manifest: { readonly mediaType: string; readonly [key: string]: unknown },
  parts: {
    readonly blobs: readonly Blob[];
    readonly children?: readonly Content[];
    readonly lifetimeMs?: number;
  },
): Content {
  const bytes = Buffer.from(JSON.stringify(manifest));
  const { subject } = parseManifest(manifest.mediaType, bytes);
  return {
    digest: digestOf(bytes),
    mediaType: manifest.mediaType,
    bytes,
    blobs: parts.blobs,
    children: parts.children ?? [],
    lifetimeMs: parts.lifetimeMs,
    hasSubject: subject !== undefined,
  };
}
