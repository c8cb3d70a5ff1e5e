/** What a source gives next: bytes, or its end with the error that caused it, if any. */
export type Arrival =
  | { readonly piece: Buffer }
  | { readonly piece?: undefined; readonly failure: { readonly error: unknown } | undefined };

/** Reads a source piece by piece, so that one reader can stop and another one go on where it stopped. */
export interface PieceReader {
  /** The next piece with bytes in it, which stays the next one until `take`. Never rejects. */
  peek(): Promise<Arrival>;
  /** The piece that was seen is used up. */
  take(): void;
  /** Tells the source that no more is wanted; does not wait for it. */
  stop(): void;
}

export function createPieceReader(source: AsyncIterable<Buffer>): PieceReader {
  const iterator = source[Symbol.asyncIterator]();
  let seen: Promise<Arrival> | undefined;
  let isOver = false;

  async function read(): Promise<Arrival> {
    try {
      for (;;) {
        const next = await iterator.next();
        if (next.done === true) break;
        if (next.value.length > 0) return { piece: next.value };
      }
      isOver = true;
      return { failure: undefined };
    } catch (error) {
      isOver = true;
      return { failure: { error } };
    }
  }

  return {
    peek() {
      seen ??= read();
      return seen;
    },
    take() {
      if (!isOver) seen = undefined;
    },
    stop() {
      if (!isOver) iterator.return?.().catch(() => undefined);
    },
  };
}
