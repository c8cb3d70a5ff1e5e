import { gunzipSync, gzipSync } from 'node:zlib';
import { DomainError } from '#/domain/errors.ts';

const blockBytes = 512;
const mostEntries = 500;
/** Of everything in an archive. */
const mostBytes = 16 * 1024 ** 2;

/** A gzipped tar archive (ustar) of plain files, readable by their owner only. */
export function packArchive(files: ReadonlyMap<string, Uint8Array>): Buffer {
  const parts: Uint8Array[] = [];
  for (const [path, content] of files) {
    parts.push(header(path, content.length), content, Buffer.alloc(padding(content.length)));
  }
  parts.push(Buffer.alloc(2 * blockBytes));
  return gzipSync(Buffer.concat(parts));
}

function padding(sizeBytes: number): number {
  return (blockBytes - (sizeBytes % blockBytes)) % blockBytes;
}

function header(path: string, sizeBytes: number): Buffer {
  const block = Buffer.alloc(blockBytes);
  if (Buffer.byteLength(path) > 100) throw new Error(`the path ${path} is too long for the archive`);
  block.write(path, 0);
  block.write('0000600\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${sizeBytes.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        ', 148);
  block.write('0', 156);
  block.write('ustar\u000000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/**
 * The plain files of a gzipped tar archive by path. Directories are passed over. Throws DomainError `invalid_request` for anything else: links,
 * devices, absolute paths, `..`, archives that are broken or unpack to more than 16 MB.
 */
export function unpackArchive(archive: Buffer): Map<string, Buffer> {
  const bytes = gunzip(archive);
  const files = new Map<string, Buffer>();
  for (let offset = 0; offset + blockBytes <= bytes.length; ) {
    const block = bytes.subarray(offset, offset + blockBytes);
    if (block.every((byte) => byte === 0)) return files;
    if (files.size === mostEntries) throw broken(`holds more than ${mostEntries} files`);
    const sizeBytes = checkedSize(block);
    const path = checkedPath(block);
    const start = offset + blockBytes;
    if (start + sizeBytes > bytes.length) throw broken('ends in the middle of a file');
    offset = start + sizeBytes + padding(sizeBytes);
    const type = String.fromCharCode(block.readUInt8(156));
    if (type === '5') continue;
    if (type !== '0' && type !== '\0') throw broken('holds something else than files and directories');
    if (files.has(path)) throw broken(`holds ${path} twice`);
    files.set(path, bytes.subarray(start, start + sizeBytes));
  }
  throw broken('has no end');
}

function gunzip(archive: Buffer): Buffer {
  try {
    return gunzipSync(archive, { maxOutputLength: mostBytes });
  } catch (cause) {
    throw broken('is not gzipped, or unpacks to more than 16 MB', cause);
  }
}

function checkedSize(block: Buffer): number {
  const stored = Number.parseInt(text(block, 148, 8).trim(), 8);
  const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  const size = text(block, 124, 12).trim();
  if (stored !== sum || !/^[0-7]{1,11}$/.test(size)) throw broken('is no tar archive');
  return Number.parseInt(size, 8);
}

function checkedPath(block: Buffer): string {
  const isUstar = text(block, 257, 5) === 'ustar';
  const prefix = isUstar ? text(block, 345, 155) : '';
  const path = (prefix === '' ? '' : `${prefix}/`) + text(block, 0, 100);
  const parts = path
    .replace(/\/$/, '')
    .split('/')
    .filter((part, index) => part !== '.' || index > 0);
  if (path.startsWith('/') || parts.some((part) => part === '..' || /[\\\0]/.test(part)))
    throw broken('holds a path that leads out of the directory');
  return parts.join('/');
}

function text(block: Buffer, start: number, length: number): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.subarray(0, end === -1 ? length : end).toString('utf8');
}

function broken(what: string, cause?: unknown): DomainError {
  return new DomainError('invalid_request', `The archive ${what}.`, { cause });
}
