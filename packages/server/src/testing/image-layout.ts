import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, mediaTypes } from '@wharf/oci';
import { digestOf } from './bytes.ts';
import type { ImageLayer } from './image-layers.ts';

export interface LayoutDescriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly platform?: { readonly architecture: string; readonly os: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

interface LayoutImage {
  readonly architecture?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly layers: readonly ImageLayer[];
}

/** An OCI image layout made by hand, so that clients have something to push without any network. */
export interface ImageLayout {
  readonly directory: string;
  addImage(image: LayoutImage): LayoutDescriptor;
  addIndex(manifests: readonly LayoutDescriptor[]): LayoutDescriptor;
  /** Gives a manifest its name in the layout. */
  tag(name: string, manifest: LayoutDescriptor): LayoutDescriptor;
  blob(digest: string): Buffer;
  /** Puts everything on the disk. */
  write(): Promise<void>;
}

export function createImageLayout(directory: string): ImageLayout {
  const blobs = new Map<string, Buffer>();
  const tagged: LayoutDescriptor[] = [];
  const add = (mediaType: string, bytes: Buffer): LayoutDescriptor => {
    const digest = digestOf(bytes);
    blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const addJson = (mediaType: string, value: unknown): LayoutDescriptor =>
    add(mediaType, Buffer.from(JSON.stringify(value)));
  const blob = (digest: string): Buffer => {
    const bytes = blobs.get(digest);
    if (bytes === undefined) throw new Error(`the layout has no blob ${digest}`);
    return bytes;
  };
  return {
    directory,
    addImage({ architecture = 'amd64', labels = {}, layers }) {
      const config = addJson(mediaTypes.ociConfig, {
        created: '2026-01-02T03:04:05Z',
        architecture,
        os: 'linux',
        config: { Env: ['PATH=/bin'], Cmd: ['/bin/busybox', 'sh'], Labels: labels },
        rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
        history: layers.map((_layer, index) => ({
          created: '2026-01-02T03:04:05Z',
          created_by: `layer ${index}`,
        })),
      });
      const manifest = addJson(mediaTypes.ociManifest, {
        schemaVersion: 2,
        mediaType: mediaTypes.ociManifest,
        config,
        layers: layers.map((layer) => ({
          ...add(layer.mediaType, layer.bytes),
          ...(layer.annotations === undefined ? {} : { annotations: layer.annotations }),
        })),
      });
      return { ...manifest, platform: { architecture, os: 'linux' } };
    },
    addIndex(manifests) {
      return addJson(mediaTypes.ociIndex, { schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests });
    },
    tag(name, manifest) {
      tagged.push({ ...manifest, annotations: { 'org.opencontainers.image.ref.name': name } });
      return manifest;
    },
    blob,
    async write() {
      const folder = join(directory, 'blobs', 'sha256');
      await mkdir(folder, { recursive: true });
      for (const [digest, bytes] of blobs)
        await writeFile(join(folder, digest.slice('sha256:'.length)), bytes);
      await writeFile(join(directory, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
      await writeFile(
        join(directory, 'index.json'),
        JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociIndex, manifests: tagged }),
      );
    },
  };
}
