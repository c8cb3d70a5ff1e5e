import cluster, { type Worker } from 'node:cluster';
import { ExitSignal } from '#/cli/exit-codes.ts';
import type { ListenPorts } from '#/compose/listen-ports.ts';
import { stopLimitMs } from '#/compose/time-limits.ts';
import type { ConnectedEventBus } from '#/platform/events.ts';
import type { Logger } from '#/platform/logger.ts';
import { addDeparted, type MetricSnapshot } from '#/platform/metric-snapshots.ts';
import { type FromChild, fromChildKinds, messageOf, type ToChild } from './messages.ts';

export interface Children {
  /** Starts what was forked; resolves with the addresses when all listen. Throws ExitSignal when one cannot start, which says why itself. */
  listen(start: Omit<Start, 'kind'>): Promise<Omit<Listening, 'kind'>>;
  /** Tells all to look at the files of the certificate. */
  reloadCertificate(): void;
  /** Values of every process that answers in time, and what processes that died had counted. */
  collect(): Promise<MetricSnapshot[]>;
  /** Stops all within the grace period. */
  stop(): Promise<void>;
}

type Start = Extract<ToChild, { kind: 'start' }>;
type Listening = Extract<FromChild, { kind: 'listening' }>;

interface Child {
  readonly worker: Worker;
  readonly bornAtMs: number;
  readonly listening: Promise<Listening>;
  lastSnapshot: MetricSnapshot | undefined;
  isListening: boolean;
}

const collectLimitMs = 2000;
const backOffMs = { first: 100, most: 30_000 };
/** A process that lived this long died of something new. */
const settledMs = 60_000;

/**
 * Forks the processes at once, so that they load while the first process opens the database, and keeps their number: one that dies
 * later is replaced, with back-off. Events of one reach all others and `events`, and those of `events` reach all.
 */
export function forkChildren(
  count: number,
  options: {
    readonly events: () => ConnectedEventBus | undefined;
    readonly logger: Logger;
    readonly onDeath: () => void;
  },
): Children {
  const { logger } = options;
  const children = new Map<number, Child>();
  const pending = new Map<number, (child: Child, snapshot: MetricSnapshot) => void>();
  let departed: MetricSnapshot = [];
  let startMessage: Start | undefined;
  let knownPorts: ListenPorts | undefined;
  let stopping = false;
  let failures = 0;
  let nextRequest = 0;
  let eventSource: Child | undefined;

  const fork = (): Child => {
    const worker = cluster.fork();
    const { promise, resolve, reject } = Promise.withResolvers<Listening>();
    promise.catch(() => {});
    const child: Child = {
      worker,
      bornAtMs: performance.now(),
      listening: promise,
      lastSnapshot: undefined,
      isListening: false,
    };
    children.set(worker.id, child);
    worker.on('error', (error) =>
      logger.warn({ err: error, child: worker.process.pid }, 'a message to a process failed'),
    );
    worker.on('message', (value) => {
      const message = messageOf<FromChild>(value, fromChildKinds);
      if (message?.kind === 'listening') {
        child.isListening = true;
        knownPorts = message.ports;
        resolve(message);
      } else if (message?.kind === 'event') {
        eventSource = child;
        options.events()?.publish(message.event);
        eventSource = undefined;
      } else if (message?.kind === 'metrics') {
        child.lastSnapshot = message.snapshot;
        pending.get(message.request)?.(child, message.snapshot);
      }
    });
    worker.once('exit', (code, signal) => {
      children.delete(worker.id);
      reject(new ExitSignal(code || 1));
      onExit(child, code, signal);
    });
    return child;
  };

  const onExit = (child: Child, code: number, signal: string | null): void => {
    if (stopping || startMessage === undefined) return;
    options.onDeath();
    addDeparted(departed, child.lastSnapshot).then(
      (sum) => {
        departed = sum;
      },
      (error: unknown) => logger.error({ err: error }, 'counts of a process are lost'),
    );
    if (performance.now() - child.bornAtMs > settledMs) failures = 0;
    const delayMs = Math.min(backOffMs.first * 2 ** failures, backOffMs.most);
    failures += 1;
    logger.error(
      { child: child.worker.process.pid, code, signal, delayMs },
      'a process died; another one takes its place',
    );
    setTimeout(() => {
      if (!stopping) startChild(fork());
    }, delayMs).unref();
  };

  const startChild = (child: Child): void => {
    if (startMessage === undefined) return;
    // Ports that the system chose belong to whoever listens on them; they must be named once nobody does.
    const others = [...children.values()].some(({ isListening }) => isListening);
    if (!others && knownPorts !== undefined) startMessage = { ...startMessage, ports: knownPorts };
    send(child, startMessage);
  };

  const send = (child: Child, message: ToChild): void => {
    if (child.worker.isConnected()) child.worker.send(message, () => {});
  };

  for (let index = 0; index < count; index += 1) fork();

  return {
    async listen(start) {
      options.events()?.subscribe((event) => {
        for (const child of children.values())
          if (child !== eventSource) send(child, { kind: 'event', event });
      });
      const all = [...children.values()];
      const message = { kind: 'start' as const, ...start };
      let listening: Listening | undefined;
      // One after the other: what stops one stops all, and is said once.
      for (const child of all) {
        send(child, message);
        listening = await child.listening;
      }
      startMessage = message;
      while (children.size < count) startChild(fork());
      if (listening === undefined) throw new Error('no process was forked');
      return listening;
    },
    reloadCertificate() {
      for (const child of children.values()) send(child, { kind: 'reload-certificate' });
    },
    async collect() {
      const request = nextRequest;
      nextRequest += 1;
      const asked = [...children.values()].filter(({ isListening }) => isListening);
      const answers = new Map<Child, MetricSnapshot>();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, collectLimitMs);
        const check = (): void => {
          if (answers.size < asked.length) return;
          clearTimeout(timer);
          resolve();
        };
        pending.set(request, (child, snapshot) => {
          answers.set(child, snapshot);
          check();
        });
        for (const child of asked) send(child, { kind: 'collect', request });
        check();
      });
      pending.delete(request);
      const silent = asked
        .filter((child) => !answers.has(child))
        .map(({ lastSnapshot }) => lastSnapshot ?? []);
      return [...answers.values(), ...silent, departed];
    },
    async stop() {
      stopping = true;
      const ends = [...children.values()].map(
        ({ worker }) => new Promise<void>((ended) => worker.once('exit', () => ended())),
      );
      for (const child of children.values()) send(child, { kind: 'stop' });
      const kill = setTimeout(() => {
        for (const { worker } of children.values()) {
          logger.error({ child: worker.process.pid }, 'a process did not stop in time');
          worker.process.kill('SIGKILL');
        }
      }, stopLimitMs);
      await Promise.all(ends);
      clearTimeout(kill);
    },
  };
}
