import { type Filter, InvalidDNSyntaxError, NoSuchObjectError, PresenceFilter } from 'ldapts';
import type { Logger } from '#/platform/logger.ts';
import type { LdapConfig } from './ldap-config.ts';
import {
  type LdapSearch,
  type LdapTarget,
  openAdminConnection,
  openLdapConnection,
  parseLdapUri,
} from './ldap-connection.ts';
import {
  choosePerson,
  conditionFilter,
  everybodyFilter,
  type LdapPerson,
  memberFilter,
  namedFilter,
  personAttributes,
  personOf,
  startingFilter,
} from './ldap-people.ts';
import { createLdapPool } from './ldap-pool.ts';
import { followReferrals, type ReferredResult } from './referrals.ts';

/** A person, and the server that has the entry. */
export interface FoundPerson extends LdapPerson {
  readonly target: LdapTarget;
  /** The server was referred to over an encrypted connection: no password goes there in clear. */
  readonly requireTls: boolean;
}

/** The questions that this registry has for a directory. All throw what the connections throw. */
export interface LdapDirectory {
  findPerson(login: string, signal?: AbortSignal): Promise<FoundPerson | undefined>;
  listStartingWith(prefix: string, limit: number, signal?: AbortSignal): Promise<readonly LdapPerson[]>;
  /** Whether the person called so exists and the condition holds for it. */
  matches(uid: string, condition: Filter, signal?: AbortSignal): Promise<boolean>;
  /** Any entry with a name in the places of users. */
  hasUsers(signal?: AbortSignal): Promise<boolean>;
  /** The entry of this name exists. */
  hasEntry(dn: string, signal?: AbortSignal): Promise<boolean>;
  /** Every member of a group, by pages of at most 1,000; none is told twice. */
  listMembers(groupDn: string): AsyncGenerator<readonly LdapPerson[]>;
  /** Throws ResultCodeError when the password is wrong or the person may not come in. */
  checkPassword(person: FoundPerson, password: string, signal?: AbortSignal): Promise<void>;
  close(): void;
}

/** Enough to choose among; more of one name are a fault of the directory. */
const mostCandidates = 20;
const pageSize = 1000;

export function createLdapDirectory(config: LdapConfig, logger: Logger): LdapDirectory {
  const home = parseLdapUri(config.uri);
  const pool = createLdapPool(config);
  const attributes = personAttributes(config);

  const peopleOf = ({ result, target }: ReferredResult, requireTls: boolean): FoundPerson[] =>
    result.searchEntries.flatMap((entry) => {
      const person = personOf(config, entry);
      return person === undefined ? [] : { ...person, target, requireTls };
    });

  /** The places of users in order, until one has what is sought; referrals only where a place itself has nothing. */
  const searchPlaces = (search: LdapSearch, signal: AbortSignal | undefined): Promise<FoundPerson[]> =>
    pool.use(async (connection) => {
      for (const baseDn of config.userDns) {
        const result = await connection.search(baseDn, search);
        const here = peopleOf({ result, target: home }, false);
        if (here.length > 0) return here;
        const requireTls = connection.isEncrypted;
        const elsewhere = await referred({ result, baseDn, search }, { requireTls, signal });
        if (elsewhere.length > 0) return elsewhere;
      }
      return [];
    }, signal);

  /** A server that is referred to and does not answer hides nobody whom the others have. */
  const referred = async (
    from: Parameters<typeof followReferrals>[1],
    context: Parameters<typeof followReferrals>[2],
  ): Promise<FoundPerson[]> => {
    try {
      const found = await followReferrals({ config, logger }, from, context);
      return found.flatMap((result) => peopleOf(result, context.requireTls));
    } catch (error) {
      logger.warn({ err: error }, 'a referral of the directory could not be followed');
      return [];
    }
  };

  return {
    async findPerson(login, signal) {
      const search = { filter: namedFilter(config, login), attributes, sizeLimit: mostCandidates };
      return choosePerson(await searchPlaces(search, signal), login);
    },
    async listStartingWith(prefix, limit, signal) {
      const search = { filter: startingFilter(config, prefix), attributes, sizeLimit: limit };
      return pool.use(async (connection) => {
        const found: LdapPerson[] = [];
        for (const baseDn of config.userDns) {
          const result = await connection.search(baseDn, search);
          found.push(...peopleOf({ result, target: home }, false));
          if (found.length >= limit) break;
        }
        return found.slice(0, limit);
      }, signal);
    },
    async matches(uid, condition, signal) {
      const search = { filter: conditionFilter(config, uid, condition), attributes, sizeLimit: 1 };
      return (await searchPlaces(search, signal)).length > 0;
    },
    async hasUsers(signal) {
      const search = { filter: everybodyFilter(config), attributes, sizeLimit: 1 };
      return (await searchPlaces(search, signal)).length > 0;
    },
    async hasEntry(dn, signal) {
      const search = { filter: new PresenceFilter({ attribute: 'objectClass' }), attributes: ['1.1'] };
      try {
        const found = await pool.use(
          (connection) => connection.search(dn, { ...search, scope: 'base' }),
          signal,
        );
        return found.searchEntries.length > 0;
      } catch (error) {
        if (error instanceof NoSuchObjectError || error instanceof InvalidDNSyntaxError) return false;
        throw error;
      }
    },
    async *listMembers(groupDn) {
      const connection = await openAdminConnection(config, home);
      try {
        const search = { filter: memberFilter(config, groupDn), attributes };
        const places = config.userDns.filter(
          (dn) => !config.userDns.some((other) => dn.endsWith(`,${other}`)),
        );
        for (const baseDn of new Set(places)) {
          for await (const result of connection.searchPages(baseDn, search, pageSize)) {
            const context = { requireTls: connection.isEncrypted };
            const elsewhere = await followReferrals({ config, logger }, { result, baseDn, search }, context);
            for (const part of [{ result, target: home }, ...elsewhere]) {
              const people = peopleOf(part, false);
              if (people.length > 0) yield people;
            }
          }
        }
      } finally {
        connection.close();
      }
    },
    async checkPassword({ dn, target, requireTls }, password, signal) {
      const connection = await openLdapConnection(config, target, { requireTls, signal });
      try {
        await connection.bind(dn, password);
      } finally {
        connection.close();
      }
    },
    close: () => pool.close(),
  };
}
