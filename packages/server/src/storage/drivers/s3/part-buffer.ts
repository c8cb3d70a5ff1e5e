const smallestBytes = 64 * 1024;

/** Gathers pieces into one buffer, which grows with them: a client that sends its bytes one by one costs no more than others. */
export interface PartBuffer {
  sizeBytes(): number;
  /** Copies what fits below `limitBytes`; gives the number of bytes taken. */
  add(piece: Buffer, limitBytes: number): number;
  /** What was gathered; the next piece begins a new buffer. */
  take(): Buffer;
}

export function createPartBuffer(): PartBuffer {
  let buffer = Buffer.alloc(0);
  let size = 0;

  return {
    sizeBytes: () => size,
    add(piece, limitBytes) {
      const taken = Math.min(piece.length, limitBytes - size);
      if (size + taken > buffer.length) {
        const wanted = Math.max(size + taken, buffer.length * 2, smallestBytes);
        const grown = Buffer.allocUnsafeSlow(Math.min(wanted, limitBytes));
        buffer.copy(grown, 0, 0, size);
        buffer = grown;
      }
      piece.copy(buffer, size, 0, taken);
      size += taken;
      return taken;
    },
    take() {
      const taken = buffer.subarray(0, size);
      buffer = Buffer.alloc(0);
      size = 0;
      return taken;
    },
  };
}
