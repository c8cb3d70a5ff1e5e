import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { Clock } from '#/platform/clock.ts';
import type { Logger } from '#/platform/logger.ts';
import {
  type CertificateDirectories,
  type ExtraCertificates,
  fingerprintOf,
  readExtraCertificates,
} from './extra-certificates.ts';

/** The authorities that every outbound TLS connection of this process trusts. */
export interface TrustStore {
  /** As read last. */
  current(): ExtraCertificates;
  /** Reads the files again if one changed, and trusts what they hold from now on; running connections go on. */
  refresh(): Promise<ExtraCertificates>;
  close(): void;
}

/** Files that appear while the server runs are trusted after so long at the latest. */
const pollMs = 5_000;

/**
 * Makes the authorities of the configuration directory trusted in this process, beside those of Node.js (and of the system, with
 * `NODE_USE_SYSTEM_CA=1`), and keeps them so while files come and go. Files that are broken or over are logged by name.
 */
export async function openTrustStore(
  directories: CertificateDirectories,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<TrustStore> {
  let current: ExtraCertificates = { kind: 'none', files: [], fingerprint: '' };
  let trusted: readonly string[] = [];
  let inTurn: Promise<unknown> = Promise.resolve();

  const read = async (): Promise<ExtraCertificates> => {
    if (current.fingerprint === (await fingerprintOf(directories))) return current;
    current = await readExtraCertificates(directories);
    const wanted = trustedPems(current, clock.nowMs());
    if (wanted.join() !== trusted.join()) {
      // The first call costs 50 ms: a registry without extra authorities does not pay it.
      setDefaultCACertificates([...new Set([...builtIn(), ...wanted])]);
      trusted = wanted;
      logger.info({ certificates: wanted.length }, 'the trusted extra authorities changed');
    }
    warn(current, clock.nowMs(), logger);
    return current;
  };
  const refresh = (): Promise<ExtraCertificates> => {
    const next = inTurn.then(read, read);
    inTurn = next.catch(() => undefined);
    return next;
  };

  await refresh();
  const timer = setInterval(() => {
    refresh().catch((error: unknown) => logger.error({ err: error }, 'the extra authorities cannot be read'));
  }, pollMs);
  timer.unref();
  return { current: () => current, refresh, close: () => clearInterval(timer) };
}

let builtInPems: readonly string[] | undefined;

/** What Node.js trusts by itself; read before the first change. */
function builtIn(): readonly string[] {
  builtInPems ??= getCACertificates('default');
  return builtInPems;
}

/** Certificates that are over are left out: their place may be taken by a successor in the same file. */
function trustedPems({ files }: ExtraCertificates, nowMs: number): readonly string[] {
  return files.flatMap(({ certificates }) =>
    certificates.filter(({ expiresAtMs }) => expiresAtMs > nowMs).map(({ pem }) => pem),
  );
}

function warn({ files }: ExtraCertificates, nowMs: number, logger: Logger): void {
  for (const { path, fault, certificates } of files) {
    if (fault !== undefined) logger.warn({ path, fault }, 'a file of extra authorities is not trusted');
    for (const { names, expiresAtMs } of certificates) {
      if (expiresAtMs > nowMs) continue;
      const ended = new Date(expiresAtMs).toISOString();
      logger.warn({ path, names, ended }, 'an extra authority is over and not trusted any more');
    }
  }
}
