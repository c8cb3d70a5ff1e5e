import type { Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { Http2Front } from '#/http/http2-server.ts';
import { takePeer } from '#/http/proxied-peers.ts';
import type { CertificatePair } from '#/http/server-certificate.ts';
import { type TlsSettings, tlsOptions } from '#/http/tls-options.ts';

/** A client that takes longer than this for its handshake is cut off. */
const handshakeTimeoutMs = 20_000;

export interface TlsFrontOptions {
  readonly settings: TlsSettings;
  readonly pair: CertificatePair;
  /** 48 bytes that all processes of a node share, so that a client may resume its session at any of them. */
  readonly ticketKeys: Buffer;
  readonly onHandshakeFailure: (error: Error) => void;
}

/**
 * TLS in front of an HTTP server: connections that agree on `h2` go to `http2`, all others to `http`, which sees them as its own, WebSockets
 * included.
 */
export function createTlsFront(http: Server, http2: Http2Front, options: TlsFrontOptions): TlsServer {
  const server = createTlsServer({
    ...contextOf(options, options.pair),
    ALPNProtocols: ['h2', 'http/1.1'],
    handshakeTimeout: handshakeTimeoutMs,
    noDelay: true,
  });
  server.on('secureConnection', (socket) => {
    const peer = takePeer(socket);
    if (peer !== undefined) Object.defineProperty(socket, 'remoteAddress', { value: peer });
    if (socket.alpnProtocol === 'h2') http2.accept(socket);
    else http.emit('connection', socket);
  });
  server.on('tlsClientError', (error, socket) => {
    options.onHandshakeFailure(error);
    socket.destroy();
  });
  return server;
}

/** From now on new connections get this certificate; those that stand are left alone. Throws what OpenSSL says of a pair that it does not take. */
export function replaceCertificate(server: TlsServer, options: TlsFrontOptions, pair: CertificatePair): void {
  server.setSecureContext(contextOf(options, pair));
}

function contextOf({ settings, ticketKeys }: TlsFrontOptions, pair: CertificatePair) {
  return { ...tlsOptions(settings), cert: pair.certificate, key: pair.key, ticketKeys };
}
