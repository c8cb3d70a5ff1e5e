import cluster from 'node:cluster';
import type { ServeOptions } from '#/cli/serve-options.ts';
import type { Logger } from '#/platform/logger.ts';
import type { Metrics } from '#/platform/metrics.ts';
import { version } from '#/platform/version.ts';
import { startWorkers } from '#/workers/index.ts';
import { buildHttp } from './build-http.ts';
import { keyRefresh } from './list-workers.ts';
import type { ListenPorts } from './listen-ports.ts';
import { type Listeners, openListeners } from './listeners.ts';
import type { OpenedServices } from './open-services.ts';
import { acceptMs, graceMs, settleMs } from './time-limits.ts';

/** The surfaces of one process, listening. */
export interface HttpFront
  extends Pick<Listeners, 'address' | 'redirectAddress' | 'ports' | 'reloadCertificate'> {
  /** Lets what is in flight finish or makes it durable, then stops listening. */
  stop(): Promise<void>;
}

export async function startHttpFront(
  opened: OpenedServices,
  metrics: Metrics,
  options: {
    readonly serve: ServeOptions;
    readonly ports: ListenPorts;
    /** 48 bytes that all processes of a node share. */
    readonly ticketKeys: Buffer;
    readonly setupToken: string | undefined;
    readonly accessLogger: Logger;
  },
): Promise<HttpFront> {
  const { configuration, live, services } = opened;
  const { serve } = options;
  metrics.buildInfo.set({ version }, 1);
  metrics.readOnly.set(services.settings.readOnly ? 1 : 0);
  let listeners: Listeners | undefined;
  const http = await buildHttp(opened, metrics, {
    dataDirectory: serve.dataDirectory,
    version,
    setupToken: options.setupToken,
    roles: serve.roles,
    restart: askForStop,
    tlsTarget() {
      const port = listeners?.ports.tls;
      return port === undefined ? undefined : { serverHostname: live.current.server.serverHostname, port };
    },
    certificateEndsAtMs: () => listeners?.certificateEndsAtMs(),
    accessLogger: configuration.logging.accessLog ? options.accessLogger : undefined,
  });
  const listening = await openListeners(opened, http.app, metrics, options);
  listeners = listening;
  metrics.processes.running.set(1);
  const workers = startWorkers(services, [keyRefresh(configuration, metrics, http.instanceKey)], {
    stagger: configuration.workers.stagger,
  });
  const { address, redirectAddress, ports } = listening;
  return {
    address,
    redirectAddress,
    ports,
    reloadCertificate: () => listening.reloadCertificate(),
    async stop() {
      const force = setTimeout(() => listening.destroy(), graceMs);
      http.startStopping();
      listening.startStopping();
      await workers.stop();
      // Balancers see the failing health and send new requests elsewhere; until then these are served.
      await http.observer.untilIdle(acceptMs);
      await listening.close();
      clearTimeout(force);
      await http.observer.untilIdle(settleMs);
      await http.flush();
    },
  };
}

/** Time for the answer to go out. */
const stopDelayMs = 300;

/** Stops the node as a signal would: its first process tells the others. */
function askForStop(): void {
  const first = cluster.isWorker ? process.ppid : process.pid;
  setTimeout(() => process.kill(first, 'SIGTERM'), stopDelayMs).unref();
}
