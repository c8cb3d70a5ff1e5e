import cluster from 'node:cluster';
import type { ServeOptions } from '#/cli/serve-options.ts';
import { countQueues } from '#/compose/count-queues.ts';
import { startHttpFront } from '#/compose/http-front.ts';
import { openServices, readConfiguration } from '#/compose/open-services.ts';
import { queueNames } from '#/compose/settings.ts';
import { exitSoon, untilSignal } from '#/compose/until-signal.ts';
import { createServerLog } from '#/platform/logger.ts';
import { takeSnapshot } from '#/platform/metric-snapshots.ts';
import { createMetrics } from '#/platform/metrics.ts';
import { type FromChild, messageOf, type ToChild, toChildKinds } from './messages.ts';

/** One of several processes that serve; the first process of the node tells it when to start and to stop. */
export async function runChild(options: ServeOptions): Promise<void> {
  try {
    await serveUntilStopped(options);
  } finally {
    // The channel alone keeps a process alive; without this mark its end would cut off what is still to be said.
    if (cluster.worker !== undefined) cluster.worker.exitedAfterDisconnect = true;
    if (process.connected) process.disconnect();
    exitSoon();
  }
}

async function serveUntilStopped(options: ServeOptions): Promise<void> {
  const log = createServerLog();
  // The first process of the node acts on it, also where the system sends it to all.
  process.on('SIGHUP', () => {});
  const parent = listenToParent();
  const started = await Promise.race([parent.start, parent.stop]);
  if (started === undefined) return;
  const loaded = await readConfiguration(options);
  log.setLevel(loaded.configuration.logging.level);
  const opened = await openServices(options, {
    logger: log.logger,
    loaded,
    eventRole: { kind: 'child', forward: (event) => send({ kind: 'event', event }) },
  });
  const metrics = createMetrics(opened.configuration.metrics.namespace);
  const endCounting = countQueues(metrics, queueNames(opened.configuration.workers));
  try {
    parent.onMessage = (message) => {
      if (message.kind === 'event') opened.events.deliver(message.event);
      if (message.kind !== 'collect') return;
      const { request } = message;
      takeSnapshot(metrics.registry).then(
        (snapshot) => send({ kind: 'metrics', request, snapshot }),
        (error: unknown) => log.logger.error({ err: error }, 'metrics cannot be collected'),
      );
    };
    const front = await startHttpFront(opened, metrics, {
      serve: options,
      ports: started.ports,
      ticketKeys: Buffer.from(started.ticketKeys, 'base64'),
      setupToken: started.setupToken,
      accessLogger: log.accessLogger,
    });
    parent.onReload = () => void front.reloadCertificate();
    const { address, redirectAddress, ports } = front;
    send({ kind: 'listening', address, redirectAddress, ports });
    await Promise.race([parent.stop, untilSignal()]);
    await front.stop();
  } finally {
    endCounting();
    await opened.close();
    await log.drain();
  }
}

type Start = Extract<ToChild, { kind: 'start' }>;

interface Parent {
  readonly start: Promise<Start>;
  readonly stop: Promise<undefined>;
  onMessage: ((message: ToChild) => void) | undefined;
  onReload: (() => void) | undefined;
}

/** From the first moment: what is sent before anybody listens would be lost. */
function listenToParent(): Parent {
  const start = Promise.withResolvers<Start>();
  const stop = Promise.withResolvers<undefined>();
  const parent: Parent = {
    start: start.promise,
    stop: stop.promise,
    onMessage: undefined,
    onReload: undefined,
  };
  process.on('message', (value) => {
    const message = messageOf<ToChild>(value, toChildKinds);
    if (message?.kind === 'start') start.resolve(message);
    else if (message?.kind === 'stop') stop.resolve(undefined);
    else if (message?.kind === 'reload-certificate') parent.onReload?.();
    else if (message !== undefined) parent.onMessage?.(message);
  });
  return parent;
}

/** A message that cannot be sent is lost with the first process: then this one ends too. */
function send(message: FromChild): void {
  process.send?.(message, undefined, undefined, () => {});
}
