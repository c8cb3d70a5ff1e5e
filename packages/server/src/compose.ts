import type { ServeOptions } from '#/cli/serve-options.ts';
import { buildHttp } from '#/compose/build-http.ts';
import { keyRefresh, listWorkers } from '#/compose/list-workers.ts';
import { canCreateInitialUser } from '#/domain/namespaces/index.ts';
import { startMetricsServer } from '#/ops/metrics-server.ts';
import { createLogger } from '#/platform/logger.ts';
import { createMetrics } from '#/platform/metrics.ts';
import { randomText } from '#/platform/random-text.ts';
import { version } from '#/platform/version.ts';
import { startWorkers } from '#/workers/index.ts';
import { type OpenedServices, openServices } from './compose/open-services.ts';

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
  const setupToken = await makeSetupToken(opened, options.listen.host);
  const { app, instanceKey, flush } = await buildHttp(opened, metrics, {
    dataDirectory: options.dataDirectory,
    version,
    setupToken,
    roles: options.roles,
  });
  const address = await app.listen({ host: options.listen.host, port: options.listen.port });
  const metricsServer = await startMetricsServer(
    async () => ({ contentType: metrics.registry.contentType, text: await metrics.registry.metrics() }),
    options.metricsListen,
    logger,
  );
  const workers = startWorkers(
    opened.services,
    [
      keyRefresh(opened.configuration, metrics, instanceKey),
      ...(options.roles.includes('workers') ? listWorkers(opened.configuration, metrics) : []),
    ],
    { stagger: opened.configuration.workers.stagger },
  );
  logger.info({ address, metricsPort: metricsServer.port }, 'listening');
  process.stdout.write(`Wharf ${version} is running: ${address}\n`);

  await untilSignal();
  logger.info('stopping');
  const force = setTimeout(() => app.server.closeAllConnections(), graceMs);
  await workers.stop();
  await app.close();
  clearTimeout(force);
  await flush();
  await metricsServer.close();
  await opened.close();
}

/** The one-time token for creating the first user, needed and printed only where other machines could be faster than the operator. */
async function makeSetupToken(opened: OpenedServices, host: string): Promise<string | undefined> {
  if (isLoopback(host) || !(await canCreateInitialUser(opened.services))) return undefined;
  const token = randomText(32);
  process.stdout.write(`Create the first user with this setup_token: ${token}\n`);
  return token;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.[0-9]{1,3}){3}$/.test(host);
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
