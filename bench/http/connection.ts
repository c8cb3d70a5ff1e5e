import { connect, type Socket } from 'node:net';
import { createResponseReader, type Expected, type Response } from '#/http/response-reader.ts';

/** Read buffer of a connection: measured best for large bodies, see docs/performance.md. */
const readBufferBytes = 256 * 1024;

export interface Request {
  readonly method: string;
  readonly path: string;
  /** Complete header lines, each ended by CR LF. */
  readonly headers?: string;
  readonly body?: Iterable<Buffer>;
  /** Length of the body; absent with a body means chunked transfer encoding. */
  readonly bodyBytes?: number;
  /** Returns the body instead of only counting it. */
  readonly keepBody?: boolean;
}

export interface Connection {
  /** Sends one request and resolves with its answer; rejects when the connection fails. One at a time. */
  request(request: Request): Promise<Response>;
  close(): void;
}

interface Waiting {
  readonly expected: Expected;
  resolve(response: Response): void;
  reject(error: Error): void;
}

/**
 * A keep-alive HTTP/1.1 connection made for load: reads into one reused buffer, drops bodies unread and writes the caller's buffers
 * as they are. Connects at the first request and again when the server has closed in between.
 */
export function openConnection(url: URL): Connection {
  let socket: Socket | undefined;
  let reader = createResponseReader();
  let waiting: Waiting | undefined;

  function fail(error: Error): void {
    const failed = waiting;
    waiting = undefined;
    failed?.reject(error);
  }

  function onBytes(bytes: Buffer): void {
    if (waiting === undefined) return;
    const { expected, resolve } = waiting;
    let response: Response | undefined;
    try {
      response = reader.read(bytes, expected);
    } catch (error) {
      socket?.destroy();
      fail(error as Error);
      return;
    }
    if (response === undefined) return;
    if (response.headers.get('connection')?.toLowerCase() === 'close') socket?.destroy();
    waiting = undefined;
    resolve(response);
  }

  function opened(): Socket {
    if (socket !== undefined && !socket.destroyed && socket.writable) return socket;
    const buffer = Buffer.allocUnsafeSlow(readBufferBytes);
    const fresh = connect({
      host: url.hostname,
      port: Number(url.port),
      noDelay: true,
      onread: {
        buffer,
        callback(count) {
          if (fresh === socket) onBytes(buffer.subarray(0, count));
          return true;
        },
      },
    });
    fresh.on('error', (error) => {
      if (fresh === socket) fail(error);
    });
    fresh.on('close', () => {
      if (fresh === socket) fail(new Error('the server closed the connection'));
    });
    socket = fresh;
    reader = createResponseReader();
    return fresh;
  }

  return {
    request({ method, path, headers = '', body, bodyBytes, keepBody = false }) {
      return new Promise((resolve, reject) => {
        if (waiting !== undefined) throw new Error('the connection is busy');
        waiting = { expected: { isHead: method === 'HEAD', keepBody }, resolve, reject };
        const to = opened();
        const length =
          body !== undefined && bodyBytes === undefined
            ? 'Transfer-Encoding: chunked\r\n'
            : method === 'GET' || method === 'HEAD'
              ? ''
              : `Content-Length: ${bodyBytes ?? 0}\r\n`;
        to.cork();
        to.write(`${method} ${path} HTTP/1.1\r\nHost: ${url.host}\r\n${headers}${length}\r\n`, 'latin1');
        if (body === undefined) {
          to.uncork();
          return;
        }
        const pieces = bodyBytes === undefined ? chunked(body) : body;
        writeAll(to, pieces[Symbol.iterator]());
        to.uncork();
      });
    },
    close() {
      socket?.destroy();
      socket = undefined;
    },
  };
}

/** Writes until the socket is full, then goes on at each drain. */
function writeAll(socket: Socket, pieces: Iterator<Buffer>): void {
  for (;;) {
    const { done, value } = pieces.next();
    if (done === true) return;
    if (socket.write(value)) continue;
    socket.once('drain', () => {
      if (!socket.destroyed) writeAll(socket, pieces);
    });
    return;
  }
}

const lineEnd = Buffer.from('\r\n');
const lastChunk = Buffer.from('0\r\n\r\n');

function* chunked(body: Iterable<Buffer>): Generator<Buffer> {
  for (const piece of body) {
    yield Buffer.from(`${piece.length.toString(16)}\r\n`);
    yield piece;
    yield lineEnd;
  }
  yield lastChunk;
}
