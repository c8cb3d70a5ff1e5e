import type { Redis } from 'ioredis';
import { findPlatformEvent, type PlatformEvent } from '#/platform/events.ts';
import type { Logger } from '#/platform/logger.ts';
import {
  createRedisClient,
  endConnection,
  logConnection,
  type RedisTarget,
} from '#/platform/redis-connection.ts';

/** Events between nodes. While Redis is away nothing waits for it and nothing fails. */
export interface RedisEvents {
  /** Queues an event for the other nodes; at most 1,000 wait, and then the oldest is dropped. */
  publish(event: PlatformEvent): void;
  /** Sends what waits, for at most a second, and disconnects. */
  close(): Promise<void>;
}

const channel = 'wharf/events';
const longestQueue = 1000;
const closeLimitMs = 1000;
/** A dead peer is noticed by a ping without an answer. */
const pingPeriodMs = 15_000;

/**
 * Connects at the first event, or at once with `onEvent`, which then hears what other nodes publish. After every (re)connection it hears of
 * all changes of authority and keys, since some may have been missed.
 */
export function createRedisEvents(
  target: RedisTarget,
  options: {
    readonly nodeId: string;
    readonly logger: Logger;
    readonly onEvent?: (event: PlatformEvent) => void;
  },
): RedisEvents {
  const { nodeId, logger, onEvent } = options;
  const subscriber = onEvent === undefined ? undefined : openSubscriber(target, { nodeId, logger, onEvent });
  const waiting = new Map<string, PlatformEvent>();
  let publisher: Promise<Redis> | undefined;
  let sending: Promise<void> | undefined;
  let closed = false;

  const send = async (): Promise<void> => {
    publisher ??= openPublisher(target, logger, () => pump());
    const client = await publisher;
    while (waiting.size > 0 && client.status === 'ready') {
      const [entry] = waiting;
      if (entry === undefined) return;
      const [key, event] = entry;
      waiting.delete(key);
      try {
        await client.publish(channel, JSON.stringify({ node: nodeId, event }));
      } catch {
        // Sent again when the connection is back; a newer event of the same key says the same.
        if (!waiting.has(key) && waiting.size < longestQueue) waiting.set(key, event);
        return;
      }
    }
  };

  const pump = (): void => {
    if (closed) return;
    sending ??= send().finally(() => {
      sending = undefined;
    });
  };

  return {
    publish(event) {
      if (closed) return;
      waiting.set(keyOf(event), event);
      const oldest = waiting.size > longestQueue ? waiting.keys().next().value : undefined;
      if (oldest !== undefined) waiting.delete(oldest);
      pump();
    },
    async close() {
      const giveUpAtMs = Date.now() + closeLimitMs;
      while (waiting.size > 0 && Date.now() < giveUpAtMs) {
        pump();
        await new Promise((wake) => setTimeout(wake, 10));
      }
      closed = true;
      if (sending !== undefined && Date.now() < giveUpAtMs) await sending;
      if (publisher !== undefined) endConnection(await publisher);
      await subscriber?.close();
    },
  };
}

/** Events that say the same are sent once. */
function keyOf(event: PlatformEvent): string {
  return event.kind === 'repository-changed' ? `${event.kind} ${event.repositoryId}` : event.kind;
}

async function openPublisher(target: RedisTarget, logger: Logger, onReady: () => void): Promise<Redis> {
  const client = await createRedisClient(target, { keepTrying: true });
  logConnection(client, target, 'publish events', logger);
  client.on('ready', onReady);
  client.connect().catch(() => {});
  return client;
}

function openSubscriber(
  target: RedisTarget,
  options: {
    readonly nodeId: string;
    readonly logger: Logger;
    readonly onEvent: (event: PlatformEvent) => void;
  },
): { close(): Promise<void> } {
  const { nodeId, logger, onEvent } = options;
  const opening = createRedisClient(target, { keepTrying: true });
  let timer: NodeJS.Timeout | undefined;

  const subscribe = async (client: Redis): Promise<void> => {
    await client.subscribe(channel);
    onEvent({ kind: 'authority-changed' });
    onEvent({ kind: 'service-keys-changed' });
  };

  const connect = async (): Promise<void> => {
    const client = await opening;
    const again = (): void => client.disconnect(true);
    logConnection(client, target, 'receive events', logger);
    client.on('ready', () => void subscribe(client).catch(again));
    client.on('message', (_channel: string, text: string) => {
      const event = eventOfOther(text, nodeId);
      if (event !== undefined) onEvent(event);
    });
    timer = setInterval(() => {
      if (client.status === 'ready') client.ping().catch(again);
    }, pingPeriodMs);
    timer.unref();
    client.connect().catch(() => {});
  };
  connect().catch((error: unknown) => logger.error({ err: error }, 'events of other nodes are not received'));

  return {
    async close() {
      clearInterval(timer);
      endConnection(await opening);
    },
  };
}

/** The event in a message, unless this node sent it or it is none of ours. */
function eventOfOther(text: string, nodeId: string): PlatformEvent | undefined {
  try {
    const message: unknown = JSON.parse(text);
    if (typeof message !== 'object' || message === null) return undefined;
    if (!('node' in message) || message.node === nodeId || !('event' in message)) return undefined;
    return findPlatformEvent(message.event);
  } catch {
    return undefined;
  }
}
