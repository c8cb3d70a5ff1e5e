import { join } from 'node:path';
import type { Server as TlsServer } from 'node:tls';
import { InvalidConfigurationError } from '#/config/problem.ts';
import type { Http2Front } from '#/http/http2-server.ts';
import {
  certificateFields,
  readServerCertificate,
  type UsedCertificate,
  warnOfCertificate,
  watchServerCertificate,
} from '#/http/server-certificate.ts';
import { findTlsFault, oldProtocols, type TlsSettings } from '#/http/tls-options.ts';
import { createTlsFront, replaceCertificate, type TlsFrontOptions } from '#/http/tls-server.ts';
import type { Logger } from '#/platform/logger.ts';
import type { Metrics } from '#/platform/metrics.ts';
import type { HttpParts } from './build-http.ts';

/** HTTPS of one process, which does not listen yet. */
export interface TlsFront {
  readonly server: TlsServer;
  readonly certificateEndsAtMs: () => number;
  reloadCertificate(): Promise<void>;
  stopWatching(): void;
}

/** Throws InvalidConfigurationError when nothing can be served with key, certificate and settings. */
export async function createTls(
  settings: TlsSettings,
  parts: {
    readonly directory: string;
    /** What clients call this server; may change. */
    readonly host: { readonly name?: string | undefined };
    readonly http: HttpParts['app']['server'];
    readonly http2: Http2Front;
    readonly ticketKeys: Buffer;
    readonly metrics: Metrics;
    readonly logger: Logger;
  },
): Promise<TlsFront> {
  const { metrics, logger } = parts;
  const files = { directory: parts.directory, host: () => parts.host.name };
  const first = await readServerCertificate(files);
  if (first.kind === 'faulty') throw refuse(join(parts.directory, 'ssl.cert'), first.message);
  const fault = findTlsFault(settings);
  if (fault !== undefined) throw refuse('SSL_CIPHERS', `OpenSSL does not take the ciphers: ${fault}`);
  for (const name of oldProtocols(settings)) {
    logger.warn({ key: 'SSL_PROTOCOLS' }, `${name} is weak: offer it only while old clients need it`);
  }
  const options: TlsFrontOptions = {
    settings,
    pair: first.used,
    ticketKeys: parts.ticketKeys,
    onHandshakeFailure(error) {
      metrics.tls.handshakeFailures.inc();
      logger.debug({ err: error }, 'TLS could not be agreed on');
    },
  };
  const server = createServer(options);
  logger.info(certificateFields(first.used), 'HTTPS with ssl.cert');
  warnOfCertificate(first.used, logger);
  const measure = ({ described }: UsedCertificate): void =>
    metrics.tls.expiry.set({ file: 'ssl.cert' }, Math.floor(described.notAfterMs / 1000));
  measure(first.used);
  const watched = watchServerCertificate(files, {
    first: first.used,
    logger,
    use(used) {
      replaceCertificate(server, options, used);
      measure(used);
    },
    onLoad: (result) => metrics.tls.loads.inc({ result }),
  });
  return {
    server,
    certificateEndsAtMs: () => watched.current().described.notAfterMs,
    reloadCertificate: () => watched.reload(),
    stopWatching: () => watched.stop(),
  };

  function createServer(from: TlsFrontOptions): TlsServer {
    try {
      return createTlsFront(parts.http, parts.http2, from);
    } catch (error) {
      throw refuse('ssl.cert', error instanceof Error ? error.message : String(error));
    }
  }
}

function refuse(key: string, message: string): InvalidConfigurationError {
  return new InvalidConfigurationError([{ severity: 'error', key, message }]);
}
