import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import {
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type Http2Session,
} from 'node:http2';
import type { Duplex } from 'node:stream';

/** What a client may send before the handler has read any of it: enough for a fast line that takes 20 ms for a round trip. */
const streamWindowBytes = 4 * 1024 ** 2;
const connectionWindowBytes = 16 * 1024 ** 2;
/** Browsers and container engines stay far below; the specification advises against less (RFC 9113 section 6.5.2). */
const mostStreams = 100;
/** Streams that a client may cancel at once, and how many more a second, before its connection ends ("rapid reset"). */
const resets = { burst: 200, perSecond: 20 } as const;
/** Megabytes of bookkeeping and waiting answers of one connection. */
const sessionMemoryMegabytes = 64;

export interface Http2Front {
  /** Serves a connection on which both sides agreed on `h2`. */
  accept(socket: Duplex): void;
  /** From now on each connection ends with the requests that are under way when its next one comes. */
  startStopping(): void;
  /** Tells every client to go away and resolves when what is under way has ended. */
  close(): Promise<void>;
  /** Cuts off what is left. */
  destroy(): void;
}

/** HTTP/2 in front of an HTTP/1.1 server, whose listeners answer its requests too. Limits are those of the options. */
export function createHttp2Front(
  http: Server,
  options: { readonly headerLimitBytes: number; readonly idleTimeoutMs: number },
): Http2Front {
  const { idleTimeoutMs } = options;
  const sessions = new Set<Http2Session>();
  const openStreams = new WeakMap<Http2Session, number>();
  let stopping = false;
  let whenEmpty = (): void => {};

  const server = createServer({
    settings: {
      initialWindowSize: streamWindowBytes,
      maxConcurrentStreams: mostStreams,
      maxHeaderListSize: options.headerLimitBytes,
      enablePush: false,
    },
    maxSessionMemory: sessionMemoryMegabytes,
    streamResetBurst: resets.burst,
    streamResetRate: resets.perSecond,
  });
  server.setTimeout(idleTimeoutMs);
  server.on('session', (session) => {
    sessions.add(session);
    session.setLocalWindowSize(connectionWindowBytes);
    session.on('close', () => {
      sessions.delete(session);
      if (sessions.size === 0) whenEmpty();
    });
  });
  // Requests have time limits of their own; a connection without any has no reason to stay.
  server.on('timeout', (session: Http2Session) => {
    if ((openStreams.get(session) ?? 0) === 0) session.destroy();
    else session.setTimeout(idleTimeoutMs);
  });
  const take =
    (event: 'request' | 'checkContinue') =>
    (request: Http2ServerRequest, response: Http2ServerResponse): void => {
      const { stream } = request;
      const { session } = stream;
      // Cancelled, or its connection cut off, before anybody saw it.
      if (stream.destroyed || session === undefined || session.destroyed) return;
      openStreams.set(session, (openStreams.get(session) ?? 0) + 1);
      stream.once('close', () => openStreams.set(session, (openStreams.get(session) ?? 1) - 1));
      stream.setTimeout(idleTimeoutMs, () => {
        // Whoever sent everything waits for us: assembling a huge blob can take longer than the limit.
        if (request.complete && !response.headersSent) stream.setTimeout(idleTimeoutMs);
        else stream.close();
      });
      if (stopping) session.close();
      http.emit(event, request as unknown as IncomingMessage, response as unknown as ServerResponse);
    };
  server.on('request', take('request'));
  server.on('checkContinue', take('checkContinue'));

  return {
    accept: (socket) => void server.emit('connection', socket),
    startStopping() {
      stopping = true;
    },
    async close() {
      stopping = true;
      for (const session of sessions) if (!session.closed) session.close();
      if (sessions.size > 0) await new Promise<void>((resolve) => (whenEmpty = resolve));
    },
    destroy() {
      for (const session of sessions) session.destroy();
    },
  };
}
