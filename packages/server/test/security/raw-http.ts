import { connect } from 'node:net';

export interface RawAnswer {
  /** Of each answer on the connection, in order, without interim ones. */
  readonly statuses: readonly number[];
  /** The first, or 0 when the connection closed without an answer. */
  readonly status: number;
  /** Everything that came back. */
  readonly text: string;
  /** Until the first byte of the first answer, or the end without one. */
  readonly tookMs: number;
}

const limitMs = 10_000;
/** A body need not end its line. */
const statusLine = /HTTP\/1\.[01] ([0-9]{3}) /g;

/**
 * Sends bytes as they are and collects what comes back until the server closes; rejects when it does not in time. With `leaveEarly` it goes
 * away as soon as it has an answer, since a server may wait for the rest of a body.
 */
export function sendRaw(
  port: number,
  bytes: string | Buffer,
  options: { readonly leaveEarly?: boolean } = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const socket = connect(port, '127.0.0.1');
    let text = '';
    let answeredAt: number | undefined;
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`no end of the answer within ${limitMs} ms: ${text.slice(0, 500)}`));
    }, limitMs);
    socket.on('data', (piece: Buffer) => {
      answeredAt ??= performance.now();
      text += piece.toString('latin1');
      if (options.leaveEarly === true && isWhole(text)) socket.destroy();
    });
    // A server that refuses in the middle of a request resets the connection.
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(timer);
      const statuses = [...text.matchAll(statusLine)].map(([, status]) => Number(status));
      const final = statuses.filter((status) => status >= 200);
      const tookMs = (answeredAt ?? performance.now()) - startedAt;
      resolve({ statuses: final, status: final[0] ?? 0, text, tookMs });
    });
    socket.write(bytes);
  });
}

/** Whether the first answer, which tells its length, is there. */
function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  const length = /^content-length: ([0-9]+)\r$/im.exec(text.slice(0, end + 2))?.[1];
  return end !== -1 && length !== undefined && text.length >= end + 4 + Number(length);
}

/** Sends the beginning of a request and goes away. */
export function sendAndLeave(port: number, bytes: string | Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.write(bytes, () => socket.resetAndDestroy());
  });
}
