import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatProblem } from '#/cli/format-report.ts';
import type { ServeOptions } from '#/cli/serve-options.ts';
import { ensureEmptyLayer } from '#/domain/blobs/index.ts';
import { canCreateInitialUser } from '#/domain/namespaces/index.ts';
import type { ConnectedEventBus } from '#/platform/events.ts';
import { createServerLog, type ServerLog } from '#/platform/logger.ts';
import type { MetricSnapshot } from '#/platform/metric-snapshots.ts';
import { createMetrics, type Metrics } from '#/platform/metrics.ts';
import { randomText } from '#/platform/random-text.ts';
import { version } from '#/platform/version.ts';
import { startBackground } from './background.ts';
import { followVersions } from './configuration/follow-configuration.ts';
import { settleAtStart } from './configuration/settle-at-start.ts';
import { countQueues } from './count-queues.ts';
import { firstSteps } from './first-steps.ts';
import { startHttpFront } from './http-front.ts';
import { checkListenOptions } from './listeners.ts';
import { type OpenedServices, openServices, readConfiguration } from './open-services.ts';
import { processCount } from './process-count.ts';
import { type Children, forkChildren } from './processes/start-children.ts';
import { queueNames } from './settings.ts';
import { stopLimitMs } from './time-limits.ts';
import { exitSoon, untilSignal } from './until-signal.ts';
import { warnOfUnclaimedNames } from './warn-of-unclaimed-names.ts';

/** A start waits no longer for the store. */
const emptyLayerWaitMs = 1000;

/** What answers requests: this process itself or those that it forked. */
interface Front {
  readonly address: string;
  /** URL without TLS, from where clients are sent to `address`. */
  readonly redirectAddress: string | undefined;
  reloadCertificate(): void;
  collect(): Promise<MetricSnapshot[]>;
  stop(): Promise<void>;
}

/** Runs a node, in one process or as the first of several, until SIGTERM or SIGINT; resolves when everything in flight is finished or persisted. */
export async function runNode(options: ServeOptions): Promise<void> {
  const log = createServerLog();
  let loaded = await readConfiguration(options);
  checkListenOptions(loaded.configuration, options, loaded.directory);
  log.setLevel(loaded.configuration.logging.level);
  for (const problem of loaded.warnings) log.logger.warn({ key: problem.key }, formatProblem(problem));

  const metrics = createMetrics(loaded.configuration.metrics.namespace);
  const endCounting = countQueues(metrics, queueNames(loaded.configuration.workers));
  const count = processCount(loaded.configuration, options.roles);
  let events: ConnectedEventBus | undefined;
  const children =
    count === 1
      ? undefined
      : forkChildren(count, {
          events: () => events,
          logger: log.logger,
          onDeath: () => metrics.processes.died.inc(),
        });
  try {
    const open = () => openServices(options, { logger: log.logger, loaded, eventRole: { kind: 'node' } });
    let opened = await open();
    if (await settleAtStart(opened.services, opened.node.directory)) {
      await opened.close();
      loaded = await readConfiguration(options);
      opened = await open();
    }
    events = opened.events;
    try {
      await serveUntilSignal(opened, metrics, options, log, children);
    } finally {
      await opened.close();
      await log.drain();
    }
  } catch (error) {
    await children?.stop();
    throw error;
  } finally {
    endCounting();
    exitSoon();
  }
}

async function serveUntilSignal(
  opened: OpenedServices,
  metrics: Metrics,
  options: ServeOptions,
  log: ServerLog,
  children: Children | undefined,
): Promise<void> {
  const isNew = await canCreateInitialUser(opened.services);
  await makeEmptyLayer(opened);
  await warnOfUnclaimedNames(opened);
  const isLocal = [options.listen, options.listenTls, options.listenTlsProxy].every(
    (at) => at === undefined || isLoopback(at.host),
  );
  const setupToken = isNew && !isLocal ? randomText(32) : undefined;
  const front = await openFront(opened, metrics, options, log, children, setupToken);
  const versions = followVersions(opened.services, opened.node.directory, opened.node.follower);
  const background = await startBackground(opened, metrics, options, front.collect);
  const { address, redirectAddress } = front;
  log.logger.info({ address, redirectAddress, metricsPort: background.metricsPort }, 'listening');
  process.on('SIGHUP', () => front.reloadCertificate());
  if (setupToken !== undefined) log.print(`Create the first user with this setup_token: ${setupToken}`);
  log.print(`Wharf ${version} is running: ${address}`);
  if (redirectAddress !== undefined) log.print(`${redirectAddress} leads there`);
  if (isNew) log.print(firstSteps(address, options));

  await untilSignal();
  log.logger.info('stopping');
  const force = setTimeout(() => process.exit(1), stopLimitMs + 2_000);
  await Promise.all([background.stopWorkers(), front.stop(), versions.stop()]);
  await background.close();
  clearTimeout(force);
}

async function openFront(
  opened: OpenedServices,
  metrics: Metrics,
  options: ServeOptions,
  log: ServerLog,
  children: Children | undefined,
  setupToken: string | undefined,
): Promise<Front> {
  const ports = {
    plain: options.listen.port,
    tls: options.listenTls?.port,
    tlsProxy: options.listenTlsProxy?.port,
  };
  const ticketKeys = randomBytes(48);
  if (children !== undefined) {
    const listening = await children.listen({ ports, ticketKeys: ticketKeys.toString('base64'), setupToken });
    return {
      ...listening,
      reloadCertificate: () => children.reloadCertificate(),
      collect: () => children.collect(),
      stop: () => children.stop(),
    };
  }
  const front = await startHttpFront(opened, metrics, {
    serve: options,
    ports,
    ticketKeys,
    setupToken,
    accessLogger: log.accessLogger,
  });
  const { address, redirectAddress } = front;
  return {
    address,
    redirectAddress,
    reloadCertificate: () => void front.reloadCertificate(),
    collect: async () => [],
    stop: () => front.stop(),
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.[0-9]{1,3}){3}$/.test(host);
}

/** The layer that clients may leave out of a push; a store that cannot be reached must not keep the node from starting. */
async function makeEmptyLayer({ services }: OpenedServices): Promise<void> {
  const made = ensureEmptyLayer(services).catch((error: unknown) => {
    services.logger.warn(
      { err: error },
      'the shared empty layer is not there yet; the next start tries again',
    );
  });
  await Promise.race([made, sleep(emptyLayerWaitMs, undefined, { ref: false })]);
}
