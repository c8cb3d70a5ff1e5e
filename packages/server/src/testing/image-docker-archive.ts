import { writeFile } from 'node:fs/promises';
import { digestOf } from './bytes.ts';
import { type TarMember, tarOf } from './image-tar.ts';

/** Writes what `docker load` reads: one image of the layers under the name. */
export async function writeDockerArchive(
  path: string,
  name: string,
  layers: readonly (readonly TarMember[])[],
): Promise<void> {
  const archives = layers.map(tarOf);
  const config = Buffer.from(
    JSON.stringify({
      created: '2026-01-02T03:04:05Z',
      architecture: 'amd64',
      os: 'linux',
      config: { Env: ['PATH=/bin'], Cmd: ['/bin/busybox', 'sh'] },
      rootfs: { type: 'layers', diff_ids: archives.map((archive) => digestOf(archive)) },
      history: layers.map((_layer, index) => ({ created_by: `layer ${index}` })),
    }),
  );
  const configName = `${digestOf(config).slice('sha256:'.length)}.json`;
  const layerNames = archives.map((_archive, index) => `layer${index}.tar`);
  const manifest = [{ Config: configName, RepoTags: [name], Layers: layerNames }];
  await writeFile(
    path,
    tarOf([
      { name: configName, content: config },
      ...archives.map((content, index) => ({ name: layerNames[index] ?? '', content })),
      { name: 'manifest.json', content: Buffer.from(JSON.stringify(manifest)) },
    ]),
  );
}
