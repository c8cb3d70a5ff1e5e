import { type Logger as PinoLogger, pino } from 'pino';

/** Structured logger; pass objects first, a short message second. */
export type Logger = Pick<PinoLogger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'> & {
  child(bindings: Record<string, unknown>): Logger;
};

/** Paths whose values are replaced before a line is written, whatever logs them. */
const redactedPaths = [
  'password',
  '*.password',
  'token',
  '*.token',
  'secret',
  '*.secret',
  'authorization',
  '*.authorization',
  'headers.authorization',
  'headers.cookie',
  '*.headers.authorization',
  '*.headers.cookie',
];

/** JSON lines on standard output; `level` is a pino level name. */
export function createLogger(options: { level?: string; name?: string } = {}): Logger {
  return pino({
    name: options.name ?? 'wharf',
    level: options.level ?? 'info',
    redact: { paths: redactedPaths, censor: '[redacted]' },
  });
}

/** Drops everything; for tests and for commands that print for people. */
export function silentLogger(): Logger {
  return pino({ level: 'silent' });
}
