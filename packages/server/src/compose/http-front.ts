import type { AddressInfo } from 'node:net';
import type { ServeOptions } from '#/cli/serve-options.ts';
import type { Logger } from '#/platform/logger.ts';
import type { Metrics } from '#/platform/metrics.ts';
import { version } from '#/platform/version.ts';
import { startWorkers } from '#/workers/index.ts';
import { buildHttp } from './build-http.ts';
import { keyRefresh } from './list-workers.ts';
import type { OpenedServices } from './open-services.ts';
import { acceptMs, graceMs, settleMs } from './time-limits.ts';

/** The surfaces of one process, listening. */
export interface HttpFront {
  /** URL of the address that it listens on. */
  readonly address: string;
  readonly port: number;
  /** Lets what is in flight finish or makes it durable, then stops listening. */
  stop(): Promise<void>;
}

export async function startHttpFront(
  opened: OpenedServices,
  metrics: Metrics,
  options: {
    readonly serve: ServeOptions;
    readonly port: number;
    readonly setupToken: string | undefined;
    readonly accessLogger: Logger;
  },
): Promise<HttpFront> {
  const { configuration, services } = opened;
  const { serve } = options;
  metrics.buildInfo.set({ version }, 1);
  metrics.readOnly.set(services.settings.readOnly ? 1 : 0);
  const http = await buildHttp(opened, metrics, {
    dataDirectory: serve.dataDirectory,
    version,
    setupToken: options.setupToken,
    roles: serve.roles,
    accessLogger: configuration.logging.accessLog ? options.accessLogger : undefined,
  });
  const address = await http.app.listen({ host: serve.listen.host, port: options.port });
  metrics.processes.running.set(1);
  const workers = startWorkers(services, [keyRefresh(configuration, metrics, http.instanceKey)], {
    stagger: configuration.workers.stagger,
  });
  return {
    address,
    port: portOf(http.app.server.address()),
    async stop() {
      const force = setTimeout(() => http.app.server.closeAllConnections(), graceMs);
      http.startStopping();
      await workers.stop();
      // Balancers see the failing health and send new requests elsewhere; until then these are served.
      await http.observer.untilIdle(acceptMs);
      await http.app.close();
      clearTimeout(force);
      await http.observer.untilIdle(settleMs);
      await http.flush();
    },
  };
}

function portOf(address: string | AddressInfo | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}
