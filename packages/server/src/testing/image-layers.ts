import { deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { mediaTypes } from '@wharf/oci';
import { digestOf } from './bytes.ts';
import { type TarMember, tarEnd, tarMember, tarOf } from './image-tar.ts';

/** A compressed layer and what its image says about it. */
export interface ImageLayer {
  readonly mediaType: string;
  readonly bytes: Buffer;
  /** Digest of the archive without compression. */
  readonly diffId: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

export function gzipLayer(members: readonly TarMember[]): ImageLayer {
  const archive = tarOf(members);
  return { mediaType: mediaTypes.ociLayerGzip, bytes: gzipSync(archive), diffId: digestOf(archive) };
}

/** As newer clients push: every zstd frame is a layer of its own type. */
export function zstdLayer(members: readonly TarMember[]): ImageLayer {
  const archive = tarOf(members);
  return { mediaType: mediaTypes.ociLayerZstd, bytes: zstdCompressSync(archive), diffId: digestOf(archive) };
}

/** A gzip layer of one member per file with a table of contents at its end, which lazy snapshotters read by ranges (eStargz). */
export function estargzLayer(members: readonly TarMember[]): ImageLayer {
  const parts: Buffer[] = [];
  const entries: Record<string, unknown>[] = [];
  let offset = 0;
  const add = (archive: Buffer): void => {
    const part = gzipSync(archive);
    parts.push(part);
    offset += part.length;
  };
  for (const member of members) {
    entries.push({
      name: member.name,
      type: member.name.endsWith('/') ? 'dir' : 'reg',
      size: member.content?.length ?? 0,
      modtime: '1970-01-01T00:00:00Z',
      mode: member.mode ?? 0o644,
      offset,
      ...(member.content === undefined ? {} : { digest: digestOf(member.content) }),
    });
    add(tarMember(member));
  }
  const contents = Buffer.from(JSON.stringify({ version: 1, entries }));
  const contentsOffset = offset;
  const contentsMember = { name: 'stargz.index.json', content: contents };
  const contentsArchive = Buffer.concat([tarMember(contentsMember), tarEnd]);
  add(contentsArchive);
  parts.push(estargzFooter(contentsOffset));
  return {
    mediaType: mediaTypes.ociLayerGzip,
    bytes: Buffer.concat(parts),
    diffId: digestOf(Buffer.concat([...members.map(tarMember), contentsArchive])),
    annotations: { 'containerd.io/snapshot/stargz/toc.digest': digestOf(contents) },
  };
}

/** An empty gzip member whose extra field tells where the table of contents begins. */
function estargzFooter(contentsOffset: number): Buffer {
  const text = Buffer.from(`${contentsOffset.toString(16).padStart(16, '0')}STARGZ`);
  const extra = Buffer.concat([Buffer.from('SG'), Buffer.from([text.length, 0]), text]);
  return Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, extra.length, 0]),
    extra,
    deflateRawSync(Buffer.alloc(0)),
    Buffer.alloc(8),
  ]);
}
