import type { ConnectionOptions } from 'node:tls';
import type { ConnectionSettings } from '#/db/connection-settings.ts';
import { readTlsFiles } from '#/db/dialects/server/tls-files.ts';

export interface PostgresqlTls {
  /** Undefined: no TLS. */
  readonly options: ConnectionOptions | undefined;
  /** Whether to go on in clear when the server has no TLS. */
  readonly optional: boolean;
}

/** What libpq does for the same `sslmode`: a CA turns `require` into `verify-ca`, silence means `prefer`. */
export async function postgresqlTls(settings: ConnectionSettings): Promise<PostgresqlTls> {
  const { tlsFiles } = settings;
  const hasCa = tlsFiles.ca !== undefined;
  // A CA without a mode comes from Quay's `ssl: {ca}`, whose drivers then check the host as well.
  let mode = settings.sslMode ?? (hasCa ? 'verify-full' : 'prefer');
  if (mode === 'disable') return { options: undefined, optional: false };
  if (mode === 'require' && hasCa) mode = 'verify-ca';
  const verifies = mode === 'verify-ca' || mode === 'verify-full';
  const options: ConnectionOptions = { rejectUnauthorized: verifies, ...(await readTlsFiles(tlsFiles)) };
  if (mode === 'verify-ca') options.checkServerIdentity = () => undefined;
  return { options, optional: mode === 'prefer' || mode === 'allow' };
}
