import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { Client, type Filter, ResultCodeError, type SearchOptions, type SearchResult } from 'ldapts';
import type { LdapConfig } from './ldap-config.ts';

/** A server and how to reach it. */
export interface LdapTarget {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte. */
  readonly secure: boolean;
}

export interface LdapSearch {
  readonly filter: Filter;
  readonly attributes: readonly string[];
  readonly scope?: 'sub' | 'base';
  /** Most entries of the answer; those beyond are cut off without an error. */
  readonly sizeLimit?: number;
}

/** One connection to a directory, which belongs to one caller at a time. Everything throws once the signal aborted. */
export interface LdapConnection {
  /** Passwords cannot be read on the way. */
  readonly isEncrypted: boolean;
  /** Throws ResultCodeError when the directory refuses, an Error when it does not answer. */
  bind(dn: string, password: string): Promise<void>;
  search(baseDn: string, search: LdapSearch): Promise<SearchResult>;
  /** All entries, page by page. */
  searchPages(baseDn: string, search: LdapSearch, pageSize: number): AsyncGenerator<SearchResult>;
  isOpen(): boolean;
  close(): void;
}

/** The server that a URI of the configuration or of a referral names. */
export function parseLdapUri(uri: string): LdapTarget {
  const { protocol, hostname, port } = new URL(uri);
  const secure = protocol === 'ldaps:';
  const host = hostname.replace(/^\[(.*)\]$/, '$1') || 'localhost';
  return { host, port: port === '' ? (secure ? 636 : 389) : Number(port), secure };
}

/**
 * Connects, with TLS for ldaps:// and with StartTLS for ldap:// where the server offers it. A server that offers it and fails, say with a
 * certificate that nobody trusts, is refused unless `LDAP_ALLOW_INSECURE_FALLBACK`; one that offers none is used without, unless
 * `requireTls`.
 */
export async function openLdapConnection(
  config: LdapConfig,
  target: LdapTarget,
  options: { readonly signal?: AbortSignal | undefined; readonly requireTls?: boolean } = {},
): Promise<LdapConnection> {
  const connection = connect(config, target, options.signal);
  if (target.secure) return connection;
  try {
    await connection.startTls();
    return connection;
  } catch (error) {
    if (options.requireTls !== true) {
      if (error instanceof ResultCodeError) return connection;
      if (config.allowInsecureFallback && connection.offersTls()) {
        connection.close();
        return connect(config, target, options.signal);
      }
    }
    connection.close();
    // The code is about TLS, and must not be taken for a verdict on a password.
    throw error instanceof ResultCodeError
      ? new Error('the server offers no StartTLS', { cause: error })
      : error;
  }
}

/** As openLdapConnection, signed in as `LDAP_ADMIN_DN`. */
export async function openAdminConnection(
  config: LdapConfig,
  target: LdapTarget,
  options: { readonly signal?: AbortSignal | undefined; readonly requireTls?: boolean } = {},
): Promise<LdapConnection> {
  const connection = await openLdapConnection(config, target, options);
  try {
    await connection.bind(config.adminDn, config.adminPassword);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

type Connecting = LdapConnection & {
  startTls(): Promise<void>;
  /** The server agreed to StartTLS, whatever came of it. */
  offersTls(): boolean;
};

function connect(config: LdapConfig, target: LdapTarget, signal: AbortSignal | undefined): Connecting {
  const { host, port, secure } = target;
  const networkMs = Math.ceil(config.networkTimeoutSeconds * 1000);
  const identity = { host, ...(isIP(host) === 0 ? { servername: host } : {}) };
  let socket: Socket | undefined;
  let tlsSocket: TLSSocket | undefined;
  let encrypted = secure;
  const client = new Client({
    url: `${secure ? 'ldaps' : 'ldap'}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`,
    timeout: Math.ceil(config.timeoutSeconds * 1000),
    connectTimeout: networkMs,
    createConnection: (() => {
      socket = connectTcp({ host, port });
      return socket;
    }) as typeof connectTcp,
    createSecureConnection: ((options: unknown) => {
      // StartTLS hands the socket over in its options; ldaps:// gives port and host.
      const transport = typeof options === 'object' ? options : { port };
      tlsSocket = connectTls({ ...transport, ...identity });
      return tlsSocket;
    }) as typeof connectTls,
  });
  const ended = Promise.withResolvers<never>();
  ended.promise.catch(() => undefined);
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    signal?.removeEventListener('abort', close);
    ended.reject(new Error('the connection to the directory was closed'));
    client.unbind().catch(() => undefined);
    tlsSocket?.destroy();
    socket?.destroy();
  };
  signal?.throwIfAborted();
  signal?.addEventListener('abort', close, { once: true });
  // The client does not tell those who wait when its socket is closed under it.
  const open = <T>(work: () => Promise<T>): Promise<T> =>
    closed ? ended.promise : Promise.race([work(), ended.promise]);
  return {
    get isEncrypted() {
      return encrypted;
    },
    isOpen: () => !closed && client.isConnected,
    offersTls: () => tlsSocket !== undefined,
    async startTls() {
      const timer = setTimeout(() => tlsSocket?.destroy(new Error('no TLS within the time')), networkMs);
      try {
        await open(() => client.startTLS({}));
        encrypted = true;
      } finally {
        clearTimeout(timer);
      }
    },
    bind: (dn, password) => open(() => client.bind(dn, password)),
    search: (baseDn, search) => open(() => client.search(baseDn, optionsOf(search))),
    async *searchPages(baseDn, search, pageSize) {
      const pages = client.searchPaginated(baseDn, { ...optionsOf(search), paged: { pageSize } });
      for (;;) {
        const page = await open(() => pages.next());
        if (page.done === true) return;
        yield page.value;
      }
    },
    close,
  };
}

function optionsOf({ filter, attributes, scope = 'sub', sizeLimit }: LdapSearch): SearchOptions {
  return { filter, scope, attributes: [...attributes], ...(sizeLimit === undefined ? {} : { sizeLimit }) };
}
