import { createServer, type Server } from 'node:net';
import { UsageError } from '#/cli/exit-codes.ts';
import type { ListenAddress } from '#/cli/parse-listen-address.ts';
import type { ServeOptions } from '#/cli/serve-options.ts';
import type { Configuration } from '#/config/configuration.ts';
import { type ForwardingSettings, isTrustedPeer } from '#/http/forwarding.ts';
import { headerLimitBytes, idleTimeoutMs } from '#/http/http-server.ts';
import { createHttp2Front, type Http2Front } from '#/http/http2-server.ts';
import { closeServer, listen } from '#/http/listen.ts';
import { type IpVersion, listenHosts } from '#/http/listen-hosts.ts';
import { readProxiedPeer } from '#/http/proxied-peers.ts';
import type { Metrics } from '#/platform/metrics.ts';
import type { HttpParts } from './build-http.ts';
import type { ListenPorts } from './listen-ports.ts';
import type { OpenedServices } from './open-services.ts';
import { createTls, type TlsFront } from './tls-front.ts';

/** Everything of a process that takes connections. */
export interface Listeners {
  /** URL that clients should use: the one with TLS, if there is one. */
  readonly address: string;
  /** URL without TLS, which only leads to `address`; undefined when they are the same. */
  readonly redirectAddress: string | undefined;
  readonly ports: ListenPorts;
  readonly certificateEndsAtMs: () => number | undefined;
  reloadCertificate(): Promise<void>;
  startStopping(): void;
  /** Takes no more connections; resolves when those that there are have ended. */
  close(): Promise<void>;
  /** Cuts off what is left. */
  destroy(): void;
}

const standardPort = 443;
/** Where a process without special rights may listen; Quay's containers use them too. */
const unprivilegedPort = 8443;
const secondUnprivilegedPort = 7443;
/** How soon a connection ends whose last answer went out while the server was already stopping. */
const idleCheckMs = 200;

/** What may change while connections come. */
type ProxySettings = ForwardingSettings & { readonly featureProxyProtocol: boolean };

/** Starts to listen on every address. Rejects with what the system or the configuration says, and then nothing listens. */
export async function openListeners(
  { configuration, live, directory, services }: OpenedServices,
  app: HttpParts['app'],
  metrics: Metrics,
  options: { readonly serve: ServeOptions; readonly ports: ListenPorts; readonly ticketKeys: Buffer },
): Promise<Listeners> {
  const { serve, ports } = options;
  const http2 = createHttp2Front(app.server, { headerLimitBytes, idleTimeoutMs });
  const opened: Server[] = [];
  let tls: TlsFront | undefined;
  const close = async (): Promise<void> => {
    tls?.stopWatching();
    // Requests over TLS belong to the plain server as well, which closes what is idle when it is told to, once.
    const timer = setInterval(() => app.server.closeIdleConnections(), idleCheckMs);
    await Promise.all([app.close(), http2.close(), ...opened.map(closeServer)]);
    clearInterval(timer);
  };
  const version = configuration.tls.listenIpVersion;
  const proxies = live.derive(({ server, tls: { featureProxyProtocol } }) => ({
    ...server,
    featureProxyProtocol,
  }));
  acceptProxies(app, proxies);
  try {
    await app.ready();
    const plainPort = await listenEverywhere(serve.listen, ports.plain, version, opened, (index) =>
      index === 0
        ? app.server
        : createServer({ noDelay: true }, (socket) => app.server.emit('connection', socket)),
    );
    const plain = urlOf('http', serve.listen.host, plainPort, version);
    if (!configuration.tls.enabled) {
      return {
        address: plain,
        redirectAddress: undefined,
        ports: { plain: plainPort, tls: undefined, tlsProxy: undefined },
        certificateEndsAtMs: () => undefined,
        reloadCertificate: async () => {},
        startStopping: () => {},
        close,
        destroy: () => app.server.closeAllConnections(),
      };
    }
    const front = await createTls(configuration.tls, {
      host: live.derive(({ server }) => ({ name: server.serverHostname })),
      directory,
      http: app.server,
      http2,
      ticketKeys: options.ticketKeys,
      metrics,
      logger: services.logger,
    });
    tls = front;
    const tlsAt = serve.listenTls ?? { host: serve.listen.host, port: standardPort };
    const tlsPort = await listenTls(tlsAt, ports.tls, version, opened, front);
    const proxyPort = await listenTlsProxy({ serve, ports, tlsAt, tlsPort, proxies, version }, opened, front);
    return {
      address: urlOf('https', tlsAt.host, tlsPort, version),
      redirectAddress: plain,
      ports: { plain: plainPort, tls: tlsPort, tlsProxy: proxyPort },
      certificateEndsAtMs: front.certificateEndsAtMs,
      reloadCertificate: () => front.reloadCertificate(),
      startStopping: () => http2.startStopping(),
      close,
      destroy: () => destroy(app, http2),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function destroy(app: HttpParts['app'], http2: Http2Front): void {
  app.server.closeAllConnections();
  http2.destroy();
}

/** Throws UsageError when the command line asks for HTTPS where the configuration has none. */
export function checkListenOptions(
  { server, tls }: Configuration,
  serve: ServeOptions,
  directory: string,
): void {
  const option = serve.listenTls !== undefined ? '--listen-tls' : '--listen-tls-proxy';
  if (tls.enabled || (serve.listenTls === undefined && serve.listenTlsProxy === undefined)) return;
  throw new UsageError(
    server.externalTlsTermination
      ? `${option} contradicts EXTERNAL_TLS_TERMINATION: TLS ends either here or in front`
      : `${option} needs ssl.key and ssl.cert in ${directory}`,
  );
}

/** Listens on the hosts of an address with servers of `make`, all on the same port. */
async function listenEverywhere(
  { host }: ListenAddress,
  wanted: number,
  version: IpVersion,
  opened: Server[],
  make: (index: number) => Server,
): Promise<number> {
  let port = wanted;
  for (const [index, at] of listenHosts(host, version).entries()) {
    const server = make(index);
    port = await listen(server, at.host, port, at.ipv6Only);
    opened.push(server);
  }
  return port;
}

/** On the port that was asked for; without one on 443, and if the system does not allow that, on 8443. */
async function listenTls(
  at: ListenAddress,
  known: number | undefined,
  version: IpVersion,
  opened: Server[],
  { server }: TlsFront,
): Promise<number> {
  const listenAt = (port: number): Promise<number> =>
    listenEverywhere(at, port, version, opened, (index) =>
      index === 0 ? server : createServer({ noDelay: true }, (socket) => server.emit('connection', socket)),
    );
  if (known !== undefined) return await listenAt(known);
  try {
    return await listenAt(standardPort);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) throw error;
    return await listenAt(unprivilegedPort);
  }
}

async function listenTlsProxy(
  chosen: {
    readonly serve: ServeOptions;
    readonly ports: ListenPorts;
    readonly tlsAt: ListenAddress;
    readonly tlsPort: number;
    readonly proxies: ProxySettings;
    readonly version: IpVersion;
  },
  opened: Server[],
  front: TlsFront,
): Promise<number | undefined> {
  const { serve, ports, tlsAt, tlsPort, proxies } = chosen;
  const standard = tlsPort === unprivilegedPort ? secondUnprivilegedPort : unprivilegedPort;
  const at = serve.listenTlsProxy ?? { host: tlsAt.host, port: standard };
  if (serve.listenTlsProxy === undefined && !proxies.featureProxyProtocol) return undefined;
  const isTrusted = (address: string | undefined): boolean => isTrustedPeer(address, proxies);
  return await listenEverywhere(at, ports.tlsProxy ?? at.port, chosen.version, opened, () =>
    createServer({ noDelay: true }, (socket) =>
      readProxiedPeer(socket, { required: true, isTrusted }, (ready) =>
        front.server.emit('connection', ready),
      ),
    ),
  );
}

/** `FEATURE_PROXY_PROTOCOL`: connections without TLS may begin with a PROXY header. Looked up for each, as the setting may change. */
function acceptProxies({ server }: HttpParts['app'], settings: ProxySettings): void {
  const [serve, ...others] = server.listeners('connection');
  if (serve === undefined || others.length > 0) throw new Error('one listener takes the connections');
  server.removeAllListeners('connection');
  server.on('connection', (socket) => {
    const isPlain = !('encrypted' in socket && socket.encrypted === true);
    if (!isPlain || !settings.featureProxyProtocol) {
      serve.call(server, socket);
      return;
    }
    readProxiedPeer(
      socket,
      { required: false, isTrusted: (address) => isTrustedPeer(address, settings) },
      (ready) => serve.call(server, ready),
    );
  });
}

function urlOf(scheme: string, host: string, port: number, version: IpVersion): string {
  const [{ host: first }] = listenHosts(host, version);
  const standard = scheme === 'https' ? standardPort : 80;
  return `${scheme}://${first.includes(':') ? `[${first}]` : first}${port === standard ? '' : `:${port}`}`;
}
