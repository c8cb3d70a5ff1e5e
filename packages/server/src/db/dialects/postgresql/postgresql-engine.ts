import { Client, type ClientConfig } from 'pg';
import type { ConnectionSettings } from '#/db/connection-settings.ts';
import type { ServerTarget } from '#/db/connection-uri.ts';
import type { Engine } from '#/db/dialects/engine.ts';
import type { Product } from '#/db/dialects/server/link.ts';
import { createServerEngine } from '#/db/dialects/server/server-engine.ts';
import { classifyPostgresqlError } from './failures.ts';
import { createPostgresqlLink, valueParsers } from './postgresql-link.ts';
import { postgresqlTls } from './tls.ts';

/** PostgreSQL; connects when first used. Throws if a file that TLS needs cannot be read. */
export async function openPostgresqlEngine(
  target: ServerTarget,
  settings: ConnectionSettings,
): Promise<Engine & { readonly product: Product }> {
  const tls = await postgresqlTls(settings);
  const config: ClientConfig = {
    host: target.socket ?? target.host,
    port: target.port,
    user: target.user,
    password: target.password,
    database: target.database,
    application_name: 'wharf',
    connectionTimeoutMillis: settings.connectTimeoutMs,
    keepAlive: settings.keepAlive,
    keepAliveInitialDelayMillis: settings.keepAliveIdleMs,
    types: valueParsers,
  };
  let plain = tls.options === undefined || target.socket !== undefined;
  const connect = async (): Promise<Client> => {
    const client = new Client({ ...config, ssl: plain ? false : tls.options });
    // A connection that breaks twice emits after it has rejected.
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
    return client;
  };
  const product: Product = {
    classify: classifyPostgresqlError,
    async connect() {
      try {
        return await createPostgresqlLink(await connect());
      } catch (error) {
        const refused = error instanceof Error && error.message.includes('does not support SSL');
        if (plain || !tls.optional || !refused) throw error;
        plain = true;
        return createPostgresqlLink(await connect());
      }
    },
  };
  return { ...createServerEngine('postgresql', product, settings), product };
}
