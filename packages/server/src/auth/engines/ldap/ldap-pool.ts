import type { LdapConfig } from './ldap-config.ts';
import { type LdapConnection, openAdminConnection, parseLdapUri } from './ldap-connection.ts';
import { isPasswordRefusal, ldapReasons } from './ldap-refusals.ts';

/** Connections of the searching account to the configured server. */
export interface LdapPool {
  /**
   * Runs `work` on a connection that is bound as `LDAP_ADMIN_DN`; one that was kept and turns out dead is replaced once. Throws what binding and
   * `work` throw, and an Error when none gets free within `LDAP_POOL_MAX_WAIT`.
   */
  use<T>(work: (connection: LdapConnection) => Promise<T>, signal?: AbortSignal): Promise<T>;
  close(): void;
}

interface Kept {
  readonly connection: LdapConnection;
  readonly openedMs: number;
}

/** `LDAP_CONNECTION_POOLING` off: as many connections, each for one use. */
export function createLdapPool(config: LdapConfig): LdapPool {
  const target = parseLdapUri(config.uri);
  const idle: Kept[] = [];
  const busy = new Set<LdapConnection>();
  const waiting: (() => void)[] = [];
  let taken = 0;
  let closed = false;

  const isFresh = ({ connection, openedMs }: Kept): boolean =>
    connection.isOpen() && performance.now() - openedMs < config.poolConnectionLifeSeconds * 1000;

  const takeSlot = async (): Promise<void> => {
    if (closed) throw new Error('the connections to the directory were closed');
    if (taken < config.poolSize) {
      taken += 1;
      return;
    }
    const turn = Promise.withResolvers<void>();
    const start = turn.resolve;
    waiting.push(start);
    const timer = setTimeout(() => {
      waiting.splice(waiting.indexOf(start), 1);
      turn.reject(new Error('no connection to the directory got free within LDAP_POOL_MAX_WAIT'));
    }, config.poolMaximumWaitSeconds * 1000);
    try {
      await turn.promise;
    } finally {
      clearTimeout(timer);
    }
  };

  /** Whoever waits takes the slot over. */
  const freeSlot = (): void => {
    const next = waiting.shift();
    if (next === undefined) taken -= 1;
    else next();
  };

  const findKept = (): Kept | undefined => {
    for (let kept = idle.pop(); kept !== undefined; kept = idle.pop()) {
      if (isFresh(kept)) return kept;
      kept.connection.close();
    }
    return undefined;
  };

  const openBound = async (signal: AbortSignal | undefined): Promise<Kept> => {
    try {
      const connection = await openAdminConnection(config, target, { signal });
      return { connection, openedMs: performance.now() };
    } catch (error) {
      // Told to the log only: for whoever logs in, the directory is as good as away.
      throw isPasswordRefusal(error) ? new Error(ldapReasons.adminRefused, { cause: error }) : error;
    }
  };

  const runOn = async <T>(kept: Kept, work: (connection: LdapConnection) => Promise<T>): Promise<T> => {
    busy.add(kept.connection);
    try {
      const result = await work(kept.connection);
      if (config.connectionPooling && !closed && isFresh(kept)) idle.push(kept);
      else kept.connection.close();
      return result;
    } catch (error) {
      // An answer may still be on its way: nobody else gets this connection.
      kept.connection.close();
      throw error;
    } finally {
      busy.delete(kept.connection);
    }
  };

  return {
    async use(work, signal) {
      await takeSlot();
      try {
        const kept = findKept();
        if (kept === undefined) return await runOn(await openBound(signal), work);
        try {
          return await runOn(kept, work);
        } catch (error) {
          if (closed || signal?.aborted === true || !wasLost(error)) throw error;
          return await runOn(await openBound(signal), work);
        }
      } finally {
        freeSlot();
      }
    },
    close() {
      closed = true;
      for (const { connection } of idle.splice(0)) connection.close();
      for (const connection of busy) connection.close();
    },
  };
}

/** The server had closed the kept connection meanwhile, as servers do with idle ones. */
function wasLost(error: unknown): boolean {
  return error instanceof Error && /Connection closed|Socket error|not established/.test(error.message);
}
