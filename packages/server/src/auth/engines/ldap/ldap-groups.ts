import type { GroupDirectory } from '#/auth/engines/define-auth-engine.ts';
import { DomainError } from '#/domain/errors.ts';
import { isDn } from './dn.ts';
import type { LdapConfig } from './ldap-config.ts';
import type { LdapDirectory } from './ldap-directory.ts';
import { describeLdapFault } from './ldap-refusals.ts';

/** Groups by `group_dn`, relative to `LDAP_BASE_DN`. */
export function createLdapGroups(config: LdapConfig, directory: LdapDirectory): GroupDirectory {
  /** Undefined for what is no name. */
  const fullDn = ({ group_dn }: Readonly<Record<string, unknown>>): string | undefined => {
    if (typeof group_dn !== 'string') return undefined;
    const dn = `${group_dn.trim()},${config.baseDn}`;
    return isDn(group_dn.trim()) && isDn(dn) ? dn : undefined;
  };

  return {
    groupKeys: ['group_dn'],
    async findGroupFault(group) {
      const dn = fullDn(group);
      if (dn === undefined)
        return 'group_dn must be a name relative to the base DN, such as cn=staff,ou=groups.';
      try {
        return (await directory.hasEntry(dn)) ? undefined : `The directory has no group ${dn}.`;
      } catch (error) {
        throw unavailable(error);
      }
    },
    async *listMembers(group) {
      const dn = fullDn(group);
      if (dn === undefined) throw new DomainError('invalid_request', 'group_dn is not a distinguished name.');
      try {
        for await (const people of directory.listMembers(dn)) {
          yield people.flatMap(({ uid, email }) => (uid === undefined ? [] : { username: uid, email }));
        }
      } catch (error) {
        throw unavailable(error);
      }
    },
  };
}

function unavailable(error: unknown): DomainError {
  return new DomainError(
    'directory_unavailable',
    `The directory does not answer: ${describeLdapFault(error)}`,
    {
      cause: error,
      retryAfterSeconds: 30,
    },
  );
}
