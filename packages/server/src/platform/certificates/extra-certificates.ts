import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type ReadCertificate, readCertificates } from './read-certificates.ts';

/** A file of additional authorities, trusted or not. */
export interface CertificateFile {
  /** Below the configuration directory, or absolute for a directory that the environment names. */
  readonly path: string;
  /** Whether the file lies in `extra_ca_certs/`, where the API adds and removes files. */
  readonly editable: boolean;
  /** Of the first certificate to the last. */
  readonly certificates: readonly ReadCertificate[];
  /** Why nothing of the file is trusted, for operators. */
  readonly fault: string | undefined;
}

/** What there is beside `config.yaml` (configuration reference E.4). */
export interface ExtraCertificates {
  /** A directory `extra_ca_certs`, one file of this name, or neither. */
  readonly kind: 'none' | 'file' | 'directory';
  readonly files: readonly CertificateFile[];
  /** Differs when a file changed; cheap to compare. */
  readonly fingerprint: string;
}

/** Where files of authorities lie, beside the configuration directory: `CERTDIR` and `KUBE_EXTRA_CA_CERTDIR`. */
export interface CertificateDirectories {
  readonly configuration: string;
  readonly others: readonly string[];
}

export const extraDirectory = 'extra_ca_certs';
/** A bundle of a whole operating system has 250 kB. */
const largestFileBytes = 2 * 1024 ** 2;
const mostFiles = 1000;

interface Place {
  readonly path: string;
  readonly absolute: string;
  readonly editable: boolean;
}

/** Reads every file; one that is broken is told in its `fault` and keeps none of the others from being read. */
export async function readExtraCertificates(directories: CertificateDirectories): Promise<ExtraCertificates> {
  const { kind, places } = await findPlaces(directories);
  const files = await Promise.all(places.map(readFileOf));
  return { kind, files, fingerprint: await fingerprintOf(directories) };
}

/** Names, sizes and times of all files, without reading any. */
export async function fingerprintOf(directories: CertificateDirectories): Promise<string> {
  const { places } = await findPlaces(directories);
  const parts = await Promise.all(
    places.map(async ({ absolute }) => {
      const found = await stat(absolute).catch(() => undefined);
      return `${absolute}:${found?.size}:${found?.mtimeMs}:${found?.ino}`;
    }),
  );
  return parts.join('\n');
}

async function findPlaces({ configuration, others }: CertificateDirectories) {
  const base = join(configuration, extraDirectory);
  const found = await stat(base).catch(() => undefined);
  const kind = found?.isDirectory() ? 'directory' : found?.isFile() ? 'file' : 'none';
  // Kubernetes flattens sub-directories of secrets into names such as extra_ca_certs_corp.crt; one file for all is such a name too.
  const flat = (await names(configuration)).filter(
    (name) =>
      name === 'ldap.crt' || (/^extra_ca/.test(name) && !(name === extraDirectory && kind === 'directory')),
  );
  const places: Place[] = flat.map((name) => ({
    path: name,
    absolute: join(configuration, name),
    editable: false,
  }));
  if (kind === 'directory') {
    for (const name of await names(base)) {
      places.push({ path: join(extraDirectory, name), absolute: join(base, name), editable: true });
    }
  }
  for (const directory of others) {
    for (const name of await names(directory)) {
      places.push({ path: join(directory, name), absolute: join(directory, name), editable: false });
    }
  }
  return { kind, places: places.slice(0, mostFiles) } as const;
}

/** Regular files and links to them, by name; hidden ones are bookkeeping of mounted secrets. */
async function names(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.name.startsWith('.') && (entry.isFile() || entry.isSymbolicLink()))
    .map(({ name }) => name)
    .sort();
}

async function readFileOf({ path, absolute, editable }: Place): Promise<CertificateFile> {
  try {
    const { size } = await stat(absolute);
    if (size > largestFileBytes) throw new Error(`is larger than ${largestFileBytes} bytes`);
    const certificates = readCertificates(await readFile(absolute, 'latin1'));
    return { path, editable, certificates, fault: undefined };
  } catch (error) {
    const isSystem = error instanceof Error && 'code' in error;
    const fault = isSystem ? `cannot be read: ${String(error.code)}` : (error as Error).message;
    return { path, editable, certificates: [], fault };
  }
}
