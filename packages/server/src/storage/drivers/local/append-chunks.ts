import type { FileHandle } from 'node:fs/promises';

/** Small reads of a socket are gathered into larger writes: fewer system calls. */
const mostGatheredBytes = 256 * 1024;
const leastGatheredBytes = 64 * 1024;
/** What all uploads of the process may gather together, so that a hundred of them cost no more memory than ten. */
const gatherBudgetBytes = 8 * 1024 * 1024;
let running = 0;

function gatherLimit(): number {
  return Math.min(mostGatheredBytes, Math.max(leastGatheredBytes, gatherBudgetBytes / running));
}

/** A client may send its bytes one by one: their buffers must not pile up either. */
const gatheredPieces = 1024;
/**
 * After so many bytes the kernel is asked to write them out while more arrive: the sync at the end has less to wait for, and a huge
 * blob does not fill the page cache with dirty pages.
 */
const writeBehindBytes = 8 * 1024 * 1024;

/**
 * Writes a source at `offset` by positional writes, one in flight while the next is gathered. Returns the bytes written and
 * the error of the source, if it failed; throws when a write fails. The source must not reuse its buffers.
 */
export async function appendChunks(
  handle: FileHandle,
  offset: number,
  source: AsyncIterable<Buffer>,
): Promise<{ readonly writtenBytes: number; readonly sourceError?: unknown }> {
  let position = offset;
  let gathered: Buffer[] = [];
  let gatheredSize = 0;
  let writing: Promise<void> = Promise.resolve();
  let writtenOutTo = offset;
  let isWritingOut = false;
  let writingOut: Promise<void> = Promise.resolve();
  let failure: { readonly error: unknown } | undefined;
  let sourceFailure: { readonly error: unknown } | undefined;

  function writeOut(): void {
    isWritingOut = true;
    writtenOutTo = position;
    writingOut = handle
      .datasync()
      .catch((error: unknown) => {
        failure = { error };
      })
      .finally(() => {
        isWritingOut = false;
      });
  }

  async function flush(): Promise<void> {
    await writing;
    if (failure !== undefined || gatheredSize === 0) return;
    if (position - writtenOutTo >= writeBehindBytes && !isWritingOut) writeOut();
    writing = writeFully(handle, gathered, gatheredSize, position).catch((error: unknown) => {
      failure = { error };
    });
    position += gatheredSize;
    gathered = [];
    gatheredSize = 0;
  }

  running += 1;
  try {
    for await (const piece of source) {
      if (piece.length === 0) continue;
      gathered.push(piece);
      gatheredSize += piece.length;
      if (gatheredSize >= gatherLimit() || gathered.length === gatheredPieces) await flush();
      if (failure !== undefined) break;
    }
  } catch (error) {
    sourceFailure = { error };
  } finally {
    running -= 1;
  }
  await flush();
  await Promise.all([writing, writingOut]);
  if (failure !== undefined) throw failure.error;
  const result = { writtenBytes: position - offset };
  return sourceFailure === undefined ? result : { ...result, sourceError: sourceFailure.error };
}

/** A gathered write can be cut short (a file system about to be full, a signal); the rest follows or throws. */
async function writeFully(
  handle: FileHandle,
  pieces: readonly Buffer[],
  size: number,
  position: number,
): Promise<void> {
  const [only] = pieces;
  let { bytesWritten: written } =
    pieces.length === 1 && only !== undefined
      ? await handle.write(only, 0, size, position)
      : await handle.writev([...pieces], position);
  if (written === size) return;
  const rest = Buffer.concat(pieces);
  while (written < size) {
    written += (await handle.write(rest, written, size - written, position + written)).bytesWritten;
  }
}
