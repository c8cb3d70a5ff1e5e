import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CertificateFault,
  inspectServerCertificate,
  type ServerCertificate,
} from '#/platform/certificates/inspect-server-certificate.ts';
import type { Logger } from '#/platform/logger.ts';

/** `ssl.cert` and `ssl.key`, as PEM. */
export interface CertificatePair {
  readonly certificate: string;
  readonly key: string;
}

export interface UsedCertificate extends CertificatePair {
  readonly described: ServerCertificate;
  /** What clients may object to. */
  readonly warnings: readonly CertificateFault[];
}

export type CertificateReading =
  | { readonly kind: 'usable'; readonly used: UsedCertificate }
  | { readonly kind: 'faulty'; readonly message: string };

export interface CertificateFiles {
  readonly directory: string;
  /** Host that the certificate should be for; read at each use. */
  readonly host: () => string | undefined;
}

/** How long a new pair may be half written. */
const settleMs = 1_000;
/** How often the files are looked at, besides what the system tells of them. */
const pollMs = 5_000;
const certificateFile = 'ssl.cert';
const keyFile = 'ssl.key';

/** Reads and checks the pair of a configuration directory. Never throws. */
export async function readServerCertificate(files: CertificateFiles): Promise<CertificateReading> {
  return judge(files, await readPair(files.directory));
}

function judge(files: CertificateFiles, pair: CertificatePair | string): CertificateReading {
  if (typeof pair === 'string') return { kind: 'faulty', message: pair };
  const input = { ...pair, host: files.host(), nowMs: Date.now() };
  const { faults, certificate } = inspectServerCertificate(input);
  const fatal = faults.find((fault) => fault.fatal);
  if (fatal !== undefined || certificate === undefined) {
    return { kind: 'faulty', message: fatal?.message ?? 'The certificate cannot be read.' };
  }
  return { kind: 'usable', used: { ...pair, described: certificate, warnings: faults } };
}

/** The files as they are, or why they cannot be read. */
async function readPair(directory: string): Promise<CertificatePair | string> {
  const [certificate, key] = await Promise.all(
    [certificateFile, keyFile].map(async (name) => {
      const path = join(directory, name);
      try {
        return { text: await readFile(path, 'utf8') };
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
        return {
          failure: `${path} ${code === 'ENOENT' ? 'does not exist; HTTPS needs it' : `cannot be read: ${code}`}`,
        };
      }
    }),
  );
  if (certificate?.text === undefined) return certificate?.failure ?? '';
  if (key?.text === undefined) return key?.failure ?? '';
  return { certificate: certificate.text, key: key.text };
}

export interface WatchedCertificate {
  readonly current: () => UsedCertificate;
  /** Looks at once and says what it found, also when nothing changed. Never rejects. */
  reload(): Promise<void>;
  stop(): void;
}

/**
 * Follows the files: a new pair that can be served is handed to `use`, anything else is refused with a line in the log, once, and the old
 * pair stays. A certificate that is over, or not valid yet, does not take the place of one that is in force.
 */
export function watchServerCertificate(
  files: CertificateFiles,
  options: {
    readonly first: UsedCertificate;
    readonly logger: Logger;
    /** May throw; then the pair counts as refused. */
    readonly use: (used: UsedCertificate) => void;
    readonly onLoad: (result: 'loaded' | 'refused') => void;
  },
): WatchedCertificate {
  const { logger } = options;
  let current = options.first;
  /** What was found last and is neither in use nor settled, as text. */
  let pending: string | undefined;
  let refused: string | undefined;
  let running: Promise<void> | undefined;
  let stopped = false;
  let soon: NodeJS.Timeout | undefined;

  const refuse = (content: string, message: string): void => {
    refused = content;
    options.onLoad('refused');
    logger.error(
      { fault: message, inUseUntil: new Date(current.described.notAfterMs).toISOString() },
      `the new ssl.cert and ssl.key are refused, the old ones stay in use: ${message}`,
    );
  };

  const look = async (forced: boolean): Promise<void> => {
    const pair = await readPair(files.directory);
    if (stopped) return;
    const content = JSON.stringify(pair);
    if (typeof pair !== 'string' && pair.certificate === current.certificate && pair.key === current.key) {
      pending = undefined;
      refused = undefined;
      if (forced) logger.info('ssl.cert and ssl.key are unchanged');
      return;
    }
    if (content === refused && !forced) return;
    const reading = judge(files, pair);
    const message = reading.kind === 'faulty' ? reading.message : outOfForce(reading.used);
    if (message !== undefined) {
      // Two files are not replaced at the same moment: what is wrong now may be right when both are there.
      if (content !== pending && !forced) {
        pending = content;
        lookSoon();
      } else refuse(content, message);
      return;
    }
    if (reading.kind === 'usable') take(content, reading.used);
  };

  const outOfForce = ({ warnings }: UsedCertificate): string | undefined => {
    const nowMs = Date.now();
    const { notBeforeMs, notAfterMs } = current.described;
    if (nowMs > notAfterMs || nowMs < notBeforeMs) return undefined;
    return warnings.find(({ kind }) => kind === 'expired' || kind === 'not-yet-valid')?.message;
  };

  const take = (content: string, used: UsedCertificate): void => {
    try {
      options.use(used);
    } catch (error) {
      refuse(content, error instanceof Error ? error.message : String(error));
      return;
    }
    current = used;
    pending = undefined;
    refused = undefined;
    options.onLoad('loaded');
    logger.info(certificateFields(used), 'a new certificate is in use');
    warnOfCertificate(used, logger);
  };

  const lookNow = (forced = false): Promise<void> => {
    running = (running ?? Promise.resolve()).then(() =>
      look(forced).catch((error: unknown) => logger.error({ err: error }, 'ssl.cert cannot be followed')),
    );
    return running;
  };
  const lookSoon = (): void => {
    if (stopped) return;
    soon ??= setTimeout(() => {
      soon = undefined;
      lookNow();
    }, settleMs).unref();
  };

  const timer = setInterval(() => lookNow(), pollMs).unref();
  const watcher = watchDirectory(files.directory, lookSoon);
  return {
    current: () => current,
    reload: () => lookNow(true),
    stop() {
      stopped = true;
      clearInterval(timer);
      clearTimeout(soon);
      watcher?.close();
    },
  };
}

/** Not every file system tells of changes; then the poll alone finds them. */
function watchDirectory(directory: string, onChange: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(directory, { persistent: false }, (_event, name) => {
      // Kubernetes replaces a link of another name, through which both files are read.
      if (name === null || name.startsWith('ssl.') || name.startsWith('..')) onChange();
    });
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

/** Says what clients may object to. */
export function warnOfCertificate({ warnings }: UsedCertificate, logger: Logger): void {
  for (const { kind, message } of warnings) logger.warn({ fault: kind }, `ssl.cert: ${message}`);
}

/** What the log says of a certificate. */
export function certificateFields({ described }: UsedCertificate) {
  const { names, notAfterMs, issuer, fingerprint } = described;
  return { names, issuer, fingerprint, validUntil: new Date(notAfterMs).toISOString() };
}
