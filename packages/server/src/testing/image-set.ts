import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesOf } from './bytes.ts';
import { findProgram } from './find-program.ts';
import { estargzLayer, gzipLayer, zstdLayer } from './image-layers.ts';
import { createImageLayout, type ImageLayout, type LayoutDescriptor } from './image-layout.ts';
import type { TarMember } from './image-tar.ts';

/** The images that client tests push, by their tag in the layout. */
export interface ImageSet {
  readonly layout: ImageLayout;
  /** What skopeo, podman and buildah call an image of the layout. */
  source(tag: ImageTag): string;
  readonly images: Readonly<Record<ImageTag, LayoutDescriptor>>;
}

export type ImageTag = 'app' | 'index' | 'zstd' | 'estargz';

/** What the file in the last layer of `app` says. */
export const builtText = 'built by hand\n';

/** Files of `app` by layer: a shell, and a line of text. */
export async function appLayers(): Promise<readonly (readonly TarMember[])[]> {
  return [
    [{ name: 'bin/' }, { name: 'bin/busybox', content: await shell(), mode: 0o755 }],
    [{ name: 'built.txt', content: Buffer.from(builtText) }],
  ];
}

/** Writes an OCI layout with one plain image, a multi-platform index, and images of zstd and eStargz layers. */
export async function writeImageSet(directory: string): Promise<ImageSet> {
  const layout = createImageLayout(join(directory, 'layout'));
  const layers = await appLayers();
  const app = layout.addImage({ layers: layers.map(gzipLayer), labels: { maintainer: 'tests' } });
  const arm = layout.addImage({
    architecture: 'arm64',
    layers: [gzipLayer([{ name: 'bin/' }, { name: 'bin/other', content: bytesOf(4096, 7) }])],
  });
  const small: readonly TarMember[] = [
    { name: 'etc/' },
    { name: 'etc/one', content: bytesOf(30_000, 3) },
    { name: 'etc/two', content: Buffer.from('two\n') },
  ];
  const images = {
    app: layout.tag('app', app),
    index: layout.tag('index', layout.addIndex([app, arm])),
    zstd: layout.tag('zstd', layout.addImage({ layers: [zstdLayer(small)] })),
    estargz: layout.tag('estargz', layout.addImage({ layers: [estargzLayer(small)] })),
  };
  await layout.write();
  return { layout, images, source: (tag) => `oci:${layout.directory}:${tag}` };
}

async function shell(): Promise<Buffer> {
  const path = findProgram('busybox');
  return path === undefined ? bytesOf(100_000, 5) : readFile(path);
}
