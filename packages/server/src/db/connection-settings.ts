import type { ServerTarget } from './connection-uri.ts';

export interface TlsFiles {
  readonly ca: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly revocations: string | undefined;
}

/** What DB_CONNECTION_ARGS and the parameters of DB_URI say, checked. */
export interface ConnectionSettings {
  readonly connectTimeoutMs: number;
  readonly maximumConnections: number;
  /** After which an unused connection is closed; 0 closes it at once. */
  readonly idleTimeoutMs: number;
  /** Of libpq: disable, allow, prefer, require, verify-ca or verify-full; undefined when nothing was said. */
  readonly sslMode: string | undefined;
  readonly tlsFiles: TlsFiles;
  readonly keepAlive: boolean;
  readonly keepAliveIdleMs: number;
}

const defaults = {
  connectTimeoutSeconds: 10,
  maximumConnections: 16,
  staleTimeoutSeconds: 300,
  keepAliveIdleSeconds: 30,
};

const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

/** DB_CONNECTION_ARGS has a value that cannot be used. */
export class InvalidConnectionArgsError extends Error {
  constructor(key: string, expected: string) {
    super(`DB_CONNECTION_ARGS.${key} must be ${expected}`);
    this.name = 'InvalidConnectionArgsError';
  }
}

/** `threadlocals` and `autorollback` are accepted and mean nothing here. Throws InvalidConnectionArgsError. */
export function readConnectionSettings(
  target: ServerTarget,
  connectionArgs: Readonly<Record<string, unknown>>,
  pooling: boolean,
): ConnectionSettings {
  const args: Readonly<Record<string, unknown>> = { ...target.parameters, ...connectionArgs };
  const number = (key: string, fallback: number, least: number): number => {
    const value = args[key] ?? fallback;
    const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof parsed !== 'number' || !Number.isFinite(parsed) || parsed < least) {
      throw new InvalidConnectionArgsError(key, `a number of at least ${least}`);
    }
    return parsed;
  };
  const file = (key: string, value: unknown): string | undefined => {
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string' || value === '')
      throw new InvalidConnectionArgsError(key, 'the path of a file');
    return value;
  };
  const ssl = readSsl(args.ssl);
  const sslMode = args.sslmode;
  if (sslMode !== undefined && (typeof sslMode !== 'string' || !sslModes.includes(sslMode))) {
    throw new InvalidConnectionArgsError('sslmode', `one of ${sslModes.join(', ')}`);
  }
  return {
    connectTimeoutMs: 1000 * number('connect_timeout', defaults.connectTimeoutSeconds, 0.1),
    maximumConnections: number('max_connections', defaults.maximumConnections, 1),
    idleTimeoutMs: pooling ? 1000 * number('stale_timeout', defaults.staleTimeoutSeconds, 0) : 0,
    sslMode,
    tlsFiles: {
      ca: file('sslrootcert', args.sslrootcert ?? args.ssl_ca) ?? file('ssl.ca', ssl.ca),
      certificate: file('sslcert', args.sslcert ?? args.ssl_cert) ?? file('ssl.cert', ssl.cert),
      key: file('sslkey', args.sslkey ?? args.ssl_key) ?? file('ssl.key', ssl.key),
      revocations: file('sslcrl', args.sslcrl),
    },
    keepAlive: number('keepalives', 1, 0) !== 0,
    keepAliveIdleMs: 1000 * number('keepalives_idle', defaults.keepAliveIdleSeconds, 0),
  };
}

function readSsl(ssl: unknown): Readonly<Record<string, unknown>> {
  if (ssl === undefined || ssl === null) return {};
  if (typeof ssl !== 'object' || Array.isArray(ssl)) {
    throw new InvalidConnectionArgsError('ssl', 'a mapping with the key "ca"');
  }
  return { ...ssl };
}
