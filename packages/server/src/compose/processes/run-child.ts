import type { ServeOptions } from '#/cli/serve-options.ts';
import { startHttpFront } from '#/compose/http-front.ts';
import { openServices, readConfiguration } from '#/compose/open-services.ts';
import { untilSignal } from '#/compose/until-signal.ts';
import { createServerLog } from '#/platform/logger.ts';
import { takeSnapshot } from '#/platform/metric-snapshots.ts';
import { createMetrics } from '#/platform/metrics.ts';
import { type FromChild, messageOf, type ToChild, toChildKinds } from './messages.ts';

/** One of several processes that serve; the first process of the node tells it when to start and to stop. */
export async function runChild(options: ServeOptions): Promise<void> {
  const log = createServerLog();
  const { promise: start, resolve: setStart } = Promise.withResolvers<{
    port: number;
    setupToken: string | undefined;
  }>();
  const { promise: stopped, resolve: setStopped } = Promise.withResolvers<void>();
  const handlers: { [Kind in 'event' | 'collect']?: (message: Extract<ToChild, { kind: Kind }>) => void } =
    {};
  process.on('message', (value) => {
    const message = messageOf<ToChild>(value, toChildKinds);
    if (message === undefined) return;
    if (message.kind === 'start') setStart(message);
    else if (message.kind === 'stop') setStopped();
    else if (message.kind === 'event') handlers.event?.(message);
    else handlers.collect?.(message);
  });

  const started = await Promise.race([start, stopped]);
  if (started === undefined) {
    process.disconnect();
    return;
  }
  const { port, setupToken } = started;
  const loaded = await readConfiguration(options);
  log.setLevel(loaded.configuration.logging.level);
  const opened = await openServices(options, {
    logger: log.logger,
    loaded,
    eventRole: { kind: 'child', forward: (event) => send({ kind: 'event', event }) },
  });
  const metrics = createMetrics(opened.configuration.metrics.namespace);
  handlers.event = ({ event }) => opened.events.deliver(event);
  handlers.collect = ({ request }) => {
    takeSnapshot(metrics.registry).then(
      (snapshot) => send({ kind: 'metrics', request, snapshot }),
      (error: unknown) => log.logger.error({ err: error }, 'metrics cannot be collected'),
    );
  };
  const front = await startHttpFront(opened, metrics, {
    serve: options,
    port,
    setupToken,
    accessLogger: log.accessLogger,
  });
  send({ kind: 'listening', address: front.address, port: front.port });

  await Promise.race([stopped, untilSignal()]);
  await front.stop();
  await opened.close();
  await log.drain();
  process.disconnect();
}

/** A message that cannot be sent is lost with the first process: then this one ends too. */
function send(message: FromChild): void {
  process.send?.(message, undefined, undefined, () => {});
}
