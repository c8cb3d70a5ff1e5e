import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection on which a test writes what it likes, and sees every byte that comes back. */
export interface RawConnection {
  readonly socket: Socket;
  write(text: string | Buffer): void;
  /** Everything that came so far. */
  received(): string;
  /** Waits until what came matches; throws when the time is over or the connection ends first. */
  waitFor(pattern: RegExp, limitMs?: number): Promise<RegExpExecArray>;
  /** Waits for the end of the connection and returns the milliseconds since it was opened. */
  waitForEnd(limitMs: number): Promise<number>;
  close(): void;
}

export async function openRawConnection(port: number, host = '127.0.0.1'): Promise<RawConnection> {
  const socket = connect(port, host);
  await once(socket, 'connect');
  const openedAt = performance.now();
  let text = '';
  let endedAt: number | undefined;
  let wake = (): void => {};
  const changed = (): void => wake();
  socket.on('data', (piece) => {
    text += piece.toString('latin1');
    changed();
  });
  // A server that closes while the test still writes resets the connection; what came before counts.
  socket.on('error', () => {});
  for (const event of ['end', 'close'] as const) {
    socket.on(event, () => {
      endedAt ??= performance.now();
      changed();
    });
  }

  async function waitUntil<T>(limitMs: number, find: () => T | undefined): Promise<T> {
    const giveUpAt = performance.now() + limitMs;
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      const leftMs = giveUpAt - performance.now();
      if (leftMs <= 0) throw new Error(`nothing of that kind within ${limitMs} ms: ${text.slice(0, 500)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  return {
    socket,
    write: (bytes) => void socket.write(bytes),
    received: () => text,
    waitFor: (pattern, limitMs = 10_000) =>
      waitUntil(limitMs, () => {
        const found = pattern.exec(text);
        if (found !== null) return found;
        if (endedAt !== undefined) throw new Error(`the connection ended: ${text.slice(0, 500)}`);
        return undefined;
      }),
    waitForEnd: async (limitMs) => (await waitUntil(limitMs, () => endedAt)) - openedAt,
    close: () => void socket.destroy(),
  };
}

/** Head of a request as it goes over the wire. */
export function requestHead(method: string, path: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n');
}

/** One piece of a chunked body. */
export function chunk(bytes: string | Buffer): Buffer {
  const piece = Buffer.from(bytes);
  return Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
}
