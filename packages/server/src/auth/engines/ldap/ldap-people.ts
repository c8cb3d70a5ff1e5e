import {
  AndFilter,
  type Entry,
  EqualityFilter,
  type Filter,
  OrFilter,
  PresenceFilter,
  SubstringFilter,
} from 'ldapts';
import type { LdapConfig } from './ldap-config.ts';

/** A person as the directory has it. */
export interface LdapPerson {
  readonly dn: string;
  readonly uid: string | undefined;
  readonly email: string | undefined;
}

/** People with exactly this name or address: `(|(uid=X)(mail=X))`. What somebody typed is a value here and never part of a filter's text. */
export function namedFilter(config: LdapConfig, login: string): Filter {
  return withUserFilter(
    config,
    new OrFilter({
      filters: [equals(config.uidAttribute, login), equals(config.emailAttribute, login)],
    }),
  );
}

/** People whose name or address begins so: `(|(uid=X*)(mail=X*))`. */
export function startingFilter(config: LdapConfig, prefix: string): Filter {
  const { uidAttribute, emailAttribute } = config;
  const starts = (attribute: string): Filter => new SubstringFilter({ attribute, initial: prefix });
  return withUserFilter(config, new OrFilter({ filters: [starts(uidAttribute), starts(emailAttribute)] }));
}

/** The person with this name, if the condition holds too. */
export function conditionFilter(config: LdapConfig, uid: string, condition: Filter): Filter {
  return withUserFilter(config, new AndFilter({ filters: [equals(config.uidAttribute, uid), condition] }));
}

/** Everybody. */
export function everybodyFilter(config: LdapConfig): Filter {
  return withUserFilter(config, new PresenceFilter({ attribute: config.uidAttribute }));
}

/** Direct members of the group: `(memberOf=<dn>)`. */
export function memberFilter(config: LdapConfig, groupDn: string): Filter {
  return withUserFilter(config, equals(config.memberOfAttribute, groupDn));
}

function withUserFilter({ userFilter }: LdapConfig, filter: Filter): Filter {
  return userFilter === undefined ? filter : new AndFilter({ filters: [filter, userFilter] });
}

function equals(attribute: string, value: string): Filter {
  return new EqualityFilter({ attribute, value });
}

export function personAttributes({ uidAttribute, emailAttribute }: LdapConfig): readonly string[] {
  return [uidAttribute, emailAttribute];
}

/** Undefined for an entry without a name, which some servers send. */
export function personOf(config: LdapConfig, entry: Entry): LdapPerson | undefined {
  if (entry.dn === '') return undefined;
  return {
    dn: entry.dn,
    uid: firstValue(entry, config.uidAttribute),
    email: firstValue(entry, config.emailAttribute),
  };
}

/** Servers write the names of attributes in their own case. */
function firstValue(entry: Entry, attribute: string): string | undefined {
  const name = Object.keys(entry).find((key) => key.toLowerCase() === attribute.toLowerCase());
  const value = name === undefined || name === 'dn' ? undefined : [entry[name]].flat()[0];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Of several, those whose name it is come before those whose address it is; then the first with an address wins. */
export function choosePerson<P extends LdapPerson>(people: readonly P[], login: string): P | undefined {
  const folded = login.toLowerCase();
  const named = people.filter(({ uid }) => uid?.toLowerCase() === folded);
  const candidates = named.length > 0 ? named : people;
  return candidates.find(({ email }) => email !== undefined) ?? candidates[0];
}
