import type { Db } from '#/db/database.ts';
import { touchAccounts } from '#/domain/namespaces/index.ts';
import { actingAccount } from '#/domain/permissions/index.ts';
import type { Principal } from '#/domain/permissions/principal.ts';
import type { Services } from '#/domain/services.ts';
import { touchTokens } from './queries.ts';

export interface LastAccessRecorder {
  /** Notes that the principal was here; costs the caller nothing and never fails. */
  record(principal: Principal): void;
  /** Writes what is noted and ends. */
  close(): Promise<void>;
}

const flushMs = 1000;
/** Most notes that wait for one flush, and most instants that are remembered. */
const limit = 10_000;

/**
 * Keeps the last access of accounts and tokens, at most once in `LAST_ACCESSED_UPDATE_THRESHOLD_S` each (OAuth tokens: in a time of their own) and written together once a
 * second, outside of all requests. Nothing is noted without `FEATURE_USER_LAST_ACCESSED` or in read-only mode; what cannot be written is dropped.
 */
export function createLastAccessRecorder(services: Services): LastAccessRecorder {
  const { settings, clock } = services;
  const active = settings.featureUserLastAccessed && !settings.readOnly;
  const thresholdMs = settings.lastAccessedUpdateThresholdSeconds * 1000;
  const oauthThresholdMs =
    (settings.oauthTokenUpdateThresholdSeconds ?? settings.lastAccessedUpdateThresholdSeconds) * 1000;
  /** Key -> when it was last noted, oldest first. */
  const noted = new Map<string, number>();
  let accounts = new Set<number>();
  let appTokens = new Set<string>();
  let oauthTokens = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let flushing: Promise<void> = Promise.resolve();

  const isDue = (key: string, leastMs = thresholdMs): boolean => {
    const nowMs = clock.nowMs();
    const lastMs = noted.get(key);
    if (lastMs !== undefined && nowMs - lastMs < leastMs) return false;
    noted.delete(key);
    noted.set(key, nowMs);
    if (noted.size > limit) noted.delete(noted.keys().next().value ?? '');
    return true;
  };

  const flush = async (): Promise<void> => {
    timer = undefined;
    const batch = { accounts: [...accounts], appTokens: [...appTokens], oauthTokens: [...oauthTokens] };
    accounts = new Set();
    appTokens = new Set();
    oauthTokens = new Set();
    const nowMs = clock.nowMs();
    try {
      await services.database.transaction(
        (db) =>
          write(db, batch, {
            nowMs,
            staleBeforeMs: nowMs - thresholdMs,
            staleOauthBeforeMs: nowMs - oauthThresholdMs,
          }),
        { durability: 'relaxed' },
      );
    } catch (error) {
      services.logger.warn({ err: error }, 'last accesses were not written');
    }
  };

  return {
    record(principal) {
      const account = actingAccount(principal);
      if (!active || account === undefined || accounts.size >= limit) return;
      if (isDue(`account/${account.id}`)) accounts.add(account.id);
      if (principal.kind === 'user' && principal.appToken && isDue(`app/${principal.appToken.uuid}`)) {
        appTokens.add(principal.appToken.uuid);
      }
      if (principal.kind === 'oauth-token' && isDue(`oauth/${principal.tokenUuid}`, oauthThresholdMs)) {
        oauthTokens.add(principal.tokenUuid);
      }
      if (accounts.size + appTokens.size + oauthTokens.size === 0) return;
      timer ??= setTimeout(() => {
        flushing = flush();
      }, flushMs).unref();
    },
    async close() {
      const pending = timer !== undefined;
      clearTimeout(timer);
      await flushing;
      if (pending) await flush();
    },
  };
}

interface Batch {
  readonly accounts: readonly number[];
  readonly appTokens: readonly string[];
  readonly oauthTokens: readonly string[];
}

/** Ids are sorted, so that nodes lock the rows in one order. */
async function write(
  db: Db,
  batch: Batch,
  times: { nowMs: number; staleBeforeMs: number; staleOauthBeforeMs: number },
): Promise<void> {
  for (const ids of chunks(batch.accounts.toSorted((a, b) => a - b))) await touchAccounts(db, ids, times);
  for (const uuids of chunks(batch.appTokens.toSorted())) await touchTokens(db, 'app_tokens', uuids, times);
  const oauthTimes = { nowMs: times.nowMs, staleBeforeMs: times.staleOauthBeforeMs };
  for (const uuids of chunks(batch.oauthTokens.toSorted())) {
    await touchTokens(db, 'oauth_access_tokens', uuids, oauthTimes);
  }
}

function chunks<T>(items: readonly T[], size = 500): T[][] {
  const parts: T[][] = [];
  for (let start = 0; start < items.length; start += size) parts.push(items.slice(start, start + size));
  return parts;
}
