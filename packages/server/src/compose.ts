import type { ServeOptions } from '#/cli/serve-options.ts';
import { buildHttp } from '#/compose/build-http.ts';
import { startMetricsServer } from '#/ops/metrics-server.ts';
import { createLogger } from '#/platform/logger.ts';
import { createMetrics } from '#/platform/metrics.ts';
import { version } from '#/platform/version.ts';
import { startWorkers } from '#/workers/start-workers.ts';
import { openServices } from './compose/open-services.ts';

export { type OpenedServices, openServices } from './compose/open-services.ts';

/** Time for requests in flight to finish after a signal to stop. */
const graceMs = 25_000;

/** Runs the server until SIGTERM or SIGINT; resolves when everything in flight is finished or persisted. */
export async function serve(options: ServeOptions): Promise<void> {
  const logger = createLogger({ level: 'info' });
  const opened = await openServices(options, { logger });
  for (const warning of opened.warnings) logger.warn({ key: warning.key }, warning.message);
  const metrics = createMetrics(opened.configuration.metrics.namespace);
  metrics.buildInfo.set({ version }, 1);
  metrics.readOnly.set(opened.services.settings.readOnly ? 1 : 0);
  const { app, instanceKey, pullLog } = await buildHttp(opened, metrics, {
    dataDirectory: options.dataDirectory,
    version,
  });
  const address = await app.listen({ host: options.listen.host, port: options.listen.port });
  const metricsServer = await startMetricsServer(
    async () => ({ contentType: metrics.registry.contentType, text: await metrics.registry.metrics() }),
    options.metricsListen,
    logger,
  );
  const workers = startWorkers(opened.services, { instanceKey });
  logger.info({ address, metricsPort: metricsServer.port }, 'listening');
  process.stdout.write(`Wharf ${version} is running: ${address}\n`);

  await untilSignal();
  logger.info('stopping');
  const force = setTimeout(() => app.server.closeAllConnections(), graceMs);
  await workers.stop();
  await app.close();
  clearTimeout(force);
  await pullLog.close();
  await metricsServer.close();
  await opened.close();
}

/** Resolves at the first signal that asks the process to stop; a second one ends it at once. */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    const onSignal = (): void => {
      process.once('SIGTERM', () => process.exit(1));
      process.once('SIGINT', () => process.exit(1));
      resolve();
    };
    process.once('SIGTERM', onSignal);
    process.once('SIGINT', onSignal);
  });
}
