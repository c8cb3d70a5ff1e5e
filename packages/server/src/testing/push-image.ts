import { type Digest, mediaTypes } from '@wharf/oci';
import { digestOf } from './bytes.ts';
import type { Random } from './push-random.ts';

/** An image as bytes: what a push sends and what a pull must give back. */
export interface PushImage {
  readonly manifest: Buffer;
  readonly digest: Digest;
  /** Layers first, the configuration last, as clients push them. */
  readonly blobs: readonly PushBlob[];
}

export interface PushBlob {
  readonly digest: Digest;
  readonly bytes: Buffer;
}

export function makePushBlob(bytes: Buffer): PushBlob {
  return { digest: digestOf(bytes), bytes };
}

/** `Range: 0-0` means none or one byte: layers that tiny would leave a client in doubt. */
const leastLayerBytes = 1000;

export function randomLayers(random: Random, count: number, mostBytes: number): PushBlob[] {
  return Array.from({ length: count }, () =>
    makePushBlob(random.bytes(leastLayerBytes + random.below(mostBytes))),
  );
}

/** An OCI image of these layers; `name` makes its configuration, and so its digest, differ from that of others. */
export function makePushImage(layers: readonly PushBlob[], name: string): PushImage {
  const config = makePushBlob(
    encode({
      architecture: 'amd64',
      os: 'linux',
      config: { Labels: { name } },
      rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
    }),
  );
  const manifest = encode({
    schemaVersion: 2,
    mediaType: mediaTypes.ociManifest,
    config: describe(config, mediaTypes.ociConfig),
    layers: layers.map((layer) => describe(layer, mediaTypes.ociLayerGzip)),
  });
  return { manifest, digest: digestOf(manifest), blobs: [...layers, config] };
}

function describe({ digest, bytes }: PushBlob, mediaType: string) {
  return { mediaType, digest, size: bytes.length };
}

function encode(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
