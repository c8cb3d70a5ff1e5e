import type { PartPlace, PartPlaces } from './part-places.ts';

/** Up to this size a part needs no place: it is no more than what a connection holds anyway, and small blobs never wait. */
const smallestBytes = 64 * 1024;

/** A part on its way to the store; `release` when it is there or has failed. */
export interface GatheredPart {
  readonly bytes: Buffer;
  release(): void;
}

/** Gathers pieces into one buffer, which grows with them: a client that sends its bytes one by one costs no more than others. */
export interface PartBuffer {
  sizeBytes(): number;
  /** Waits for the place of a part of `limitBytes` before there is anything to gather. */
  reserve(limitBytes: number): Promise<void>;
  /** Copies what fits below `limitBytes`, after waiting for a place if the part gets large; gives the number of bytes taken. */
  add(piece: Buffer, limitBytes: number): Promise<number>;
  /** What was gathered, with its place; the next piece begins a new buffer. */
  take(): GatheredPart;
}

/** `onReclaim` as in `PartPlaces`. */
export function createPartBuffer(places: PartPlaces, onReclaim?: () => void): PartBuffer {
  let buffer = Buffer.alloc(0);
  let size = 0;
  let place: PartPlace | undefined;

  async function reserve(limitBytes: number): Promise<void> {
    place ??= await places.take(limitBytes, onReclaim);
  }

  return {
    sizeBytes: () => size,
    reserve,
    async add(piece, limitBytes) {
      const taken = Math.min(piece.length, limitBytes - size);
      if (size + taken > smallestBytes) await reserve(limitBytes);
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
      const bytes = buffer.subarray(0, size);
      const held = place;
      held?.settle();
      buffer = Buffer.alloc(0);
      size = 0;
      place = undefined;
      return { bytes, release: () => held?.release() };
    },
  };
}
