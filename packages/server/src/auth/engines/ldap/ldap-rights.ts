import type { Filter } from 'ldapts';
import { LRUCache } from 'lru-cache';
import type { DerivedRights } from '#/auth/engines/define-auth-engine.ts';
import type { RemoteGuard } from '#/auth/engines/remote-guard.ts';
import type { DirectoryRights, Services } from '#/domain/services.ts';
import type { LdapConfig } from './ldap-config.ts';
import type { LdapDirectory } from './ldap-directory.ts';

/** Without `FEATURE_LDAP_CACHING`: long enough for the calls of one page. */
const shortHoldMs = 1000;
/** How long what was known counts while the directory is away. */
const longestStaleMs = 10 * 60_000;
const longestList = 10_000;

interface Held {
  readonly rights: Promise<DirectoryRights>;
  readonly atMs: number;
}

/** The rights that `LDAP_SUPERUSER_FILTER` and its siblings give; undefined when the configuration has none of them. */
export function createLdapRights(
  services: Services,
  config: LdapConfig,
  directory: LdapDirectory,
  guard: RemoteGuard,
): DerivedRights | undefined {
  const { superuserFilter, restrictedUserFilter, globalReadonlySuperuserFilter } = config;
  const filters = [superuserFilter, restrictedUserFilter, globalReadonlySuperuserFilter];
  if (filters.every((filter) => filter === undefined)) return undefined;
  const holdMs = config.featureCaching ? config.cacheSeconds * 1000 : shortHoldMs;
  const held = new LRUCache<string, Held>({ max: longestList });
  const known = new LRUCache<string, { readonly rights: DirectoryRights; readonly atMs: number }>({
    max: longestList,
  });

  const ask = async (identifier: string): Promise<DirectoryRights> => {
    const matches = (filter: Filter | undefined, signal: AbortSignal): Promise<boolean> =>
      filter === undefined ? Promise.resolve(false) : directory.matches(identifier, filter, signal);
    return guard.patiently(() =>
      guard.run(async (signal) => {
        const [superuser, restricted, globalReader] = await Promise.all([
          matches(superuserFilter, signal),
          matches(restrictedUserFilter, signal),
          matches(globalReadonlySuperuserFilter, signal),
        ]);
        return {
          superuser,
          restricted: restrictedUserFilter === undefined ? undefined : restricted,
          globalReader,
        };
      }),
    );
  };

  /** While the directory is away: what it said within the last minutes, else the least. */
  const lastKnown = (identifier: string): DirectoryRights => {
    const last = known.get(identifier);
    if (last !== undefined && services.clock.nowMs() - last.atMs < longestStaleMs) return last.rights;
    return {
      superuser: false,
      restricted: restrictedUserFilter === undefined ? undefined : true,
      globalReader: false,
    };
  };

  const load = async (identifier: string): Promise<DirectoryRights> => {
    try {
      const rights = await ask(identifier);
      known.set(identifier, { rights, atMs: services.clock.nowMs() });
      return rights;
    } catch (error) {
      services.logger.warn({ err: error, identifier }, 'the directory does not tell rights at present');
      return lastKnown(identifier);
    }
  };

  return {
    find(identifier) {
      const nowMs = services.clock.nowMs();
      const found = held.get(identifier);
      if (found !== undefined && Math.abs(nowMs - found.atMs) < holdMs) return found.rights;
      const rights = load(identifier);
      held.set(identifier, { rights, atMs: nowMs });
      return rights;
    },
  };
}
