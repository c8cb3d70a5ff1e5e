import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import {
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type Http2Session,
  type ServerHttp2Stream,
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

/** How long a client that was told everything may leave its side of the connection open. */
const lingerMs = 500;

interface Connection {
  readonly socket: Duplex | undefined;
  /** Its requests. */
  readonly streams: Set<ServerHttp2Stream>;
}

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
  const sessions = new Map<Http2Session, Connection>();
  let accepting: Duplex | undefined;
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
    const streams = new Set<ServerHttp2Stream>();
    sessions.set(session, { socket: accepting, streams });
    session.setLocalWindowSize(connectionWindowBytes);
    session.on('close', () => {
      // Those that the client had not ended when its connection broke would wait for the rest for ever.
      for (const stream of streams) stream.destroy();
      sessions.delete(session);
      if (sessions.size === 0) whenEmpty();
    });
  });
  // Requests have time limits of their own; a connection without any has no reason to stay.
  server.on('timeout', (session: Http2Session) => {
    if ((sessions.get(session)?.streams.size ?? 0) === 0) session.destroy();
    else session.setTimeout(idleTimeoutMs);
  });
  const take =
    (event: 'request' | 'checkContinue') =>
    (request: Http2ServerRequest, response: Http2ServerResponse): void => {
      const { stream } = request;
      const { session } = stream;
      // Cancelled, or its connection cut off, before anybody saw it.
      if (stream.destroyed || session === undefined || session.destroyed) return;
      const streams = sessions.get(session)?.streams;
      streams?.add(stream);
      stream.once('close', () => streams?.delete(stream));
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
    accept(socket) {
      accepting = socket;
      server.emit('connection', socket);
      accepting = undefined;
    },
    startStopping() {
      stopping = true;
    },
    async close() {
      stopping = true;
      for (const session of sessions.keys()) if (!session.closed) session.close();
      if (sessions.size === 0) return;
      const timer = setInterval(() => {
        for (const [session, { socket }] of sessions)
          if (session.destroyed && socket?.writableFinished === true) socket.destroy();
      }, lingerMs);
      await new Promise<void>((resolve) => {
        whenEmpty = resolve;
      });
      clearInterval(timer);
    },
    destroy() {
      for (const [session, { socket }] of sessions) {
        session.destroy();
        socket?.destroy();
      }
    },
  };
}
