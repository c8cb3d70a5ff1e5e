import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type OutgoingHttpHeaders,
} from 'node:http2';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { HttpAnswer, HttpCall } from './push-http.ts';

/** One connection of HTTP/2, on which a test sends what it likes. */
export interface Http2Client {
  readonly session: ClientHttp2Session;
  /** A request without any help; `headers` may hold pseudo headers. */
  open(headers: OutgoingHttpHeaders, endStream?: boolean): ClientHttp2Stream;
  call(url: string, call: HttpCall): Promise<HttpAnswer>;
  /** Resolves with the code of the GOAWAY frame, or undefined when the connection ends without one. */
  readonly goaway: Promise<number | undefined>;
  close(): void;
}

/** `ca` undefined trusts what this process trusts. */
export async function openHttp2(
  url: string,
  settings: { readonly initialWindowSize?: number } = {},
): Promise<Http2Client> {
  const session = connect(url, { settings });
  session.on('error', () => {});
  await new Promise<void>((resolve, reject) => {
    session.once('remoteSettings', () => resolve());
    session.once('close', () => reject(new Error('the connection ended before its settings came')));
  });
  const { promise: goaway, resolve } = Promise.withResolvers<number | undefined>();
  session.on('goaway', (code) => resolve(code));
  session.on('close', () => resolve(undefined));
  const open = (headers: OutgoingHttpHeaders, endStream = false): ClientHttp2Stream => {
    const stream = session.request(headers, { endStream });
    stream.on('error', () => {});
    return stream;
  };
  return {
    session,
    open,
    goaway,
    async call(target, { method, headers, body }) {
      const { pathname, search, host } = new URL(target);
      const length = Buffer.isBuffer(body) ? { 'content-length': String(body.length) } : {};
      const stream = open(
        { ':method': method, ':path': `${pathname}${search}`, ':authority': host, ...length, ...headers },
        body === undefined,
      );
      const answered = receive(stream);
      if (body !== undefined) {
        const pieces = Buffer.isBuffer(body) ? Readable.from([body]) : Readable.from(body);
        // A refusal may come, and the stream end, before the body is through: the answer counts.
        await Promise.race([pipeline(pieces, stream).catch(() => {}), answered.catch(() => {})]);
      }
      return await answered;
    },
    close: () => session.destroy(),
  };
}

/** Rejects unless the answer comes to its end. */
export function receive(stream: ClientHttp2Stream): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let head: Record<string, unknown> | undefined;
    let ended = false;
    stream.on('response', (headers) => {
      head = headers;
    });
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    stream.on('end', () => {
      ended = true;
      finish();
    });
    stream.on('close', finish);
    function finish(): void {
      const body = Buffer.concat(pieces);
      const promised = head?.['content-length'];
      const whole = promised === undefined || Number(promised) === body.length || head?.[':status'] === 304;
      if (
        ended &&
        head !== undefined &&
        stream.rstCode === constants.NGHTTP2_NO_ERROR &&
        (whole || body.length === 0)
      ) {
        resolve({ status: Number(head[':status']), headers: head as HttpAnswer['headers'], body });
      } else if (stream.closed || stream.destroyed) {
        reject(new Error(`the stream ended with code ${stream.rstCode} after ${body.length} bytes`));
      }
    }
  });
}
