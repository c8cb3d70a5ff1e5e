import type { IndexManifest, ManifestChild } from './parsed-manifest.ts';

/** The first manifest in a list or index for this operating system and architecture. */
export function findChild(
  index: IndexManifest,
  platform: { readonly os: string; readonly architecture: string },
): ManifestChild | undefined {
  return index.children.find(
    (child) =>
      child.kind !== undefined &&
      child.platform?.os === platform.os &&
      child.platform.architecture === platform.architecture,
  );
}
