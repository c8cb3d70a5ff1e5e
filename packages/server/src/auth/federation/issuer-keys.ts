import type { JSONWebKeySet } from 'jose';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Services } from '#/domain/services.ts';

/** The public keys of external issuers (OpenID Connect Discovery 1.0). */
export interface IssuerKeys {
  /**
   * The key set that the issuer publishes, at most five minutes old; with `again` at most half a minute, for a token whose key is not
   * in it. Throws when the issuer cannot be asked or answers nonsense.
   */
  find(issuer: string, again: boolean): Promise<JSONWebKeySet>;
}

interface Held {
  readonly keys: Promise<JSONWebKeySet>;
  readonly loadedMs: number;
}

const mostIssuers = 200;
const holdMs = 300_000;
const againMs = 30_000;
const timeoutMs = 10_000;
const longestAnswerBytes = 256 * 1024;

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.string() });
const keySetSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(200) });

/** Remembers the keys of a bounded number of issuers; requests at once share one look-up, and failures are not remembered. */
export function createIssuerKeys(services: Pick<Services, 'outbound' | 'clock'>): IssuerKeys {
  const held = new LRUCache<string, Held>({ max: mostIssuers });
  return {
    async find(issuer, again) {
      const nowMs = services.clock.nowMs();
      const known = held.get(issuer);
      if (known !== undefined && nowMs - known.loadedMs < (again ? againMs : holdMs)) return known.keys;
      const keys = load(services, issuer);
      held.set(issuer, { keys, loadedMs: nowMs });
      try {
        return await keys;
      } catch (error) {
        if (held.peek(issuer)?.keys === keys) held.delete(issuer);
        throw error;
      }
    },
  };
}

async function load({ outbound }: Pick<Services, 'outbound'>, issuer: string): Promise<JSONWebKeySet> {
  if (outbound === undefined) throw new Error('outbound HTTP is not set up');
  const read = async (url: string): Promise<unknown> => {
    const { status, body } = await outbound.request({
      url,
      method: 'GET',
      headers: { accept: 'application/json' },
      timeoutMs,
      trust: 'user',
      maximumResponseBytes: longestAnswerBytes,
    });
    if (status !== 200) throw new Error(`${url} answers ${status}`);
    return JSON.parse(body.toString('utf8'));
  };
  const discovery = discoverySchema.parse(
    await read(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`),
  );
  // Section 4.3: otherwise one issuer could answer in the name of another.
  if (discovery.issuer !== issuer) throw new Error(`${issuer} calls itself ${discovery.issuer}`);
  return keySetSchema.parse(await read(discovery.jwks_uri));
}
