import type { Redis } from 'ioredis';
import type { Logger } from '#/platform/logger.ts';

/** Where a Redis is: `USER_EVENTS_REDIS`, `BUILDLOGS_REDIS`. */
export interface RedisTarget {
  readonly host: string;
  readonly port?: number | undefined;
  readonly password?: string | undefined;
  readonly db?: number | undefined;
  /** Anything but absent or false: TLS. */
  readonly ssl?: unknown;
}

const defaultPort = 6379;
const connectLimitMs = 2000;
const commandLimitMs = 2000;
const longestBackOffMs = 10_000;

/** Host and port for people; never the password. */
export function placeOf({ host, port }: RedisTarget): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port ?? defaultPort}`;
}

/**
 * A client that is not connected yet. With `keepTrying` it connects again for ever, with back-off. Commands fail at once while there
 * is no connection and after 2 s without an answer.
 */
export async function createRedisClient(
  target: RedisTarget,
  options: { readonly keepTrying: boolean },
): Promise<Redis> {
  // Most registries have no Redis: the library is loaded only where one is configured.
  const { Redis: Client } = await import('ioredis');
  return new Client({
    host: target.host,
    port: target.port ?? defaultPort,
    ...(target.password === undefined ? {} : { password: target.password }),
    db: target.db ?? 0,
    ...(target.ssl === undefined || target.ssl === false || target.ssl === null ? {} : { tls: {} }),
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResubscribe: false,
    maxRetriesPerRequest: 0,
    connectTimeout: connectLimitMs,
    commandTimeout: commandLimitMs,
    retryStrategy: options.keepTrying
      ? (times) => Math.min(100 * 2 ** Math.min(times, 10), longestBackOffMs) * (0.5 + Math.random() / 2)
      : () => null,
  });
}

/** One log line when the connection is lost and one when it is back, however often it is tried. */
export function logConnection(client: Redis, target: RedisTarget, purpose: string, logger: Logger): void {
  const about = { redis: placeOf(target), purpose };
  let isUp: boolean | undefined;
  let reason: unknown;
  client.on('error', (error: unknown) => {
    reason = error;
  });
  client.on('ready', () => {
    if (isUp === false) logger.info(about, 'Redis is back');
    isUp = true;
  });
  client.on('close', () => {
    if (isUp !== false) logger.warn({ ...about, err: reason }, 'Redis is away; it is tried again');
    isUp = false;
  });
}

/** Ends the connection on purpose, which is worth no line in the log. */
export function endConnection(client: Redis): void {
  client.removeAllListeners('close');
  client.disconnect();
}
