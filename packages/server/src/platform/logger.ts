import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino';

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

/** A reader that stands still costs lines, not memory. */
const waitingLimitBytes = 8 * 1024 ** 2;
/** Writes to a pipe are whole up to this size, so that lines of several processes never mix (POSIX PIPE_BUF on Linux). */
const wholeWriteBytes = 4096;

/** JSON lines on standard output; `level` is a pino level name. */
export function createLogger(options: { level?: string; name?: string } = {}): Logger {
  return buildLogger(options.level ?? 'info', options.name);
}

function buildLogger(level: string, name = 'wharf', destination?: DestinationStream): PinoLogger {
  const settings = { name, level, redact: { paths: redactedPaths, censor: '[redacted]' } };
  return destination === undefined ? pino(settings) : pino(settings, destination);
}

/** Lines wait this long for others: each write costs a system call and the wake-up of a thread. */
const gatherMs = 20;

/** The log of a serving process: written in the background, in order, several lines at once under load. */
export interface ServerLog {
  readonly logger: Logger;
  /** For lines that hold nothing but what their only caller chose: cheap, without the search for secrets. */
  readonly accessLogger: Logger;
  setLevel(level: string): void;
  /** A line for people, after everything that was logged before. */
  print(line: string): void;
  /** Resolves when everything is written, at the latest after a second. */
  drain(): Promise<void>;
}

export function createServerLog(): ServerLog {
  const destination = pino.destination({
    dest: 1,
    sync: false,
    maxWrite: wholeWriteBytes,
    maxLength: waitingLimitBytes,
  });
  // A full disk or a closed pipe behind the log must not end the process; the next line is tried again.
  destination.on('error', () => {});
  let gathered = '';
  let gatheredBytes = 0;
  let timer: NodeJS.Timeout | undefined;
  const send = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (gathered !== '') destination.write(gathered);
    gathered = '';
    gatheredBytes = 0;
  };
  const lines = {
    write(line: string): void {
      const bytes = Buffer.byteLength(line);
      if (gatheredBytes + bytes > wholeWriteBytes) send();
      gathered += line;
      gatheredBytes += bytes;
      timer ??= setTimeout(send, gatherMs);
    },
  };
  // Before pino's own listener, which then writes everything that is left.
  process.prependListener('exit', send);
  const logger = buildLogger('info', 'wharf', lines);
  const accessLogger = pino({ name: 'wharf', level: 'info' }, lines);
  return {
    logger,
    accessLogger,
    setLevel(level) {
      logger.level = level;
      accessLogger.level = level;
    },
    print: (line) => lines.write(`${line}\n`),
    async drain() {
      send();
      const { promise, resolve } = Promise.withResolvers<void>();
      const limit = setTimeout(resolve, 1000);
      destination.once('drain', resolve);
      destination.write('');
      await promise;
      clearTimeout(limit);
    },
  };
}

/** Drops everything; for tests and for commands that print for people. */
export function silentLogger(): Logger {
  return pino({ level: 'silent' });
}
