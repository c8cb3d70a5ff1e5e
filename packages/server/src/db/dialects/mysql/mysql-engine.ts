import { isIP } from 'node:net';
import { checkServerIdentity, TLSSocket } from 'node:tls';
import { type Connection, type ConnectionOptions, createConnection, type SslOptions } from 'mysql2/promise';
import type { ConnectionSettings } from '#/db/connection-settings.ts';
import type { ServerTarget } from '#/db/connection-uri.ts';
import type { Engine } from '#/db/dialects/engine.ts';
import type { Product } from '#/db/dialects/server/link.ts';
import { createServerEngine } from '#/db/dialects/server/server-engine.ts';
import { readTlsFiles } from '#/db/dialects/server/tls-files.ts';
import { classifyMysqlError } from './failures.ts';
import { createMysqlLink } from './mysql-link.ts';

/** MySQL or MariaDB; connects when first used. Throws if a file that TLS needs cannot be read. */
export async function openMysqlEngine(
  target: ServerTarget,
  settings: ConnectionSettings,
): Promise<Engine & { readonly product: Product }> {
  const tls = await mysqlTls(settings);
  // The driver compares the certificate with "localhost" when the host is an address.
  const checksAddress = tls?.verifyIdentity === true && isIP(target.host) !== 0;
  const ssl = checksAddress ? { ...tls, verifyIdentity: false } : tls;
  const options: ConnectionOptions = {
    ...(target.socket === undefined
      ? { host: target.host, port: target.port }
      : { socketPath: target.socket }),
    ...(ssl === undefined ? {} : { ssl }),
    user: target.user,
    password: target.password,
    database: target.database,
    charset: 'utf8mb4',
    connectTimeout: settings.connectTimeoutMs,
    enableKeepAlive: settings.keepAlive,
    keepAliveInitialDelay: settings.keepAliveIdleMs,
    supportBigNumbers: true,
    bigNumberStrings: false,
    decimalNumbers: true,
    stringifyObjects: true,
    multipleStatements: false,
  };
  const product: Product = {
    classify: classifyMysqlError,
    async connect() {
      // The driver resumes TLS sessions per `ssl` object, and a resumed one shows no certificate to check.
      const client = await createConnection(checksAddress ? { ...options, ssl: { ...ssl } } : options);
      try {
        if (checksAddress) assertCertificateNames(client, target.host);
        return await createMysqlLink(client);
      } catch (error) {
        client.destroy();
        throw error;
      }
    },
  };
  return { ...createServerEngine('mysql', product, settings), product };
}

function assertCertificateNames(client: Connection, address: string): void {
  const stream = property(property(client, 'connection'), 'stream');
  if (!(stream instanceof TLSSocket)) throw new Error('the connection to the database is not encrypted');
  const problem = checkServerIdentity(address, stream.getPeerCertificate());
  if (problem !== undefined) throw problem;
}

/** A member that the driver has but does not declare. */
function property(owner: unknown, name: string): unknown {
  return typeof owner === 'object' && owner !== null ? Reflect.get(owner, name) : undefined;
}

/** TLS is used when a CA or a mode asks for it; with a CA the host is checked, as in Quay's driver. */
async function mysqlTls(settings: ConnectionSettings): Promise<SslOptions | undefined> {
  const { sslMode, tlsFiles } = settings;
  if (sslMode === 'disable') return undefined;
  if (tlsFiles.ca === undefined && (sslMode === undefined || sslMode === 'allow' || sslMode === 'prefer')) {
    return undefined;
  }
  const { ca, cert, key } = await readTlsFiles(tlsFiles);
  const verifies = ca !== undefined || sslMode === 'verify-ca' || sslMode === 'verify-full';
  return {
    rejectUnauthorized: verifies,
    verifyIdentity: verifies && sslMode !== 'verify-ca',
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
