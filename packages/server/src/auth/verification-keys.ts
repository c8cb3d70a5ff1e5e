import { createPublicKey, type KeyObject } from 'node:crypto';
import { listActiveServiceKeys, type ServiceKey } from '#/domain/service-keys/index.ts';
import type { Services } from '#/domain/services.ts';

/** The public keys of one service, as the database has them at most a few seconds ago. */
export interface VerificationKeys {
  /** An approved RSA key that has not expired; undefined for any other id. */
  find(kid: string): Promise<KeyObject | undefined>;
}

interface Held {
  readonly publicKey: KeyObject;
  readonly modulus: unknown;
  readonly expiresMs: number | null;
}

/** A key deleted by a superuser on another node stops within this time. */
const holdMs = 5000;
/** Unknown key ids reload the list no more often than this, whoever sends them. */
const unknownReloadMs = 500;
const shortestModulusBits = 2048;

/** Caches the keys of `service`; a 'service-keys-changed' event, age or an unknown id reloads them. */
export function createVerificationKeys(services: Services, service: string): VerificationKeys {
  let keys: ReadonlyMap<string, Held> = new Map();
  let loadedMs = Number.NEGATIVE_INFINITY;
  let generation = 0;
  let loading: Promise<void> | undefined;

  services.events.subscribe((event) => {
    if (event.kind !== 'service-keys-changed') return;
    generation += 1;
    loadedMs = Number.NEGATIVE_INFINITY;
    loading = undefined;
  });

  const load = async (): Promise<void> => {
    const startedAt = generation;
    const nowMs = services.clock.nowMs();
    const active = await listActiveServiceKeys(services.database.read, { service, nowMs });
    if (startedAt !== generation) return;
    keys = hold(active, keys);
    loadedMs = nowMs;
  };

  const reload = async (): Promise<void> => {
    const before = generation;
    const own = loading ?? load();
    loading = own;
    try {
      await own;
    } finally {
      if (loading === own) loading = undefined;
    }
    if (before !== generation) await reload();
  };

  const findUsable = (kid: string): KeyObject | undefined => {
    const held = keys.get(kid);
    if (held === undefined) return undefined;
    return held.expiresMs === null || held.expiresMs > services.clock.nowMs() ? held.publicKey : undefined;
  };

  const ageMs = (): number => Math.abs(services.clock.nowMs() - loadedMs);

  return {
    async find(kid) {
      if (ageMs() >= holdMs) await reload();
      const found = findUsable(kid);
      if (found !== undefined || ageMs() < unknownReloadMs) return found;
      await reload();
      return findUsable(kid);
    },
  };
}

/** Keys that did not change keep their parsed form, so that it stays one object for as long as the key lives. */
function hold(active: readonly ServiceKey[], before: ReadonlyMap<string, Held>): Map<string, Held> {
  const keys = new Map<string, Held>();
  for (const { kid, jwk, expiresMs } of active) {
    const known = before.get(kid);
    const publicKey = known?.modulus === jwk.n ? known?.publicKey : findRsaKey(jwk);
    if (publicKey !== undefined) keys.set(kid, { publicKey, modulus: jwk.n, expiresMs });
  }
  return keys;
}

/** Service keys of other types or sizes exist, but registry tokens are never made with them. */
function findRsaKey({ kty, n, e }: ServiceKey['jwk']): KeyObject | undefined {
  if (kty !== 'RSA' || typeof n !== 'string' || typeof e !== 'string') return undefined;
  const key = parseJwk({ kty, n, e });
  const bits = key?.asymmetricKeyDetails?.modulusLength ?? 0;
  return bits >= shortestModulusBits ? key : undefined;
}

function parseJwk(jwk: {
  readonly kty: string;
  readonly n: string;
  readonly e: string;
}): KeyObject | undefined {
  try {
    return createPublicKey({ key: { ...jwk }, format: 'jwk' });
  } catch {
    return undefined;
  }
}
