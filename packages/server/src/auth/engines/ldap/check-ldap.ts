import { z } from 'zod';
import type { Logger } from '#/platform/logger.ts';
import { type LdapConfig, ldapConfig } from './ldap-config.ts';
import { openAdminConnection, parseLdapUri } from './ldap-connection.ts';
import { createLdapDirectory, type LdapDirectory } from './ldap-directory.ts';
import { describeLdapFault, isPasswordRefusal, ldapReasons } from './ldap-refusals.ts';

/** Somebody whom the directory should know, with the password over there. */
export interface DirectorySuperuser {
  readonly username: string;
  readonly password: string;
}

const faultLimitMs = 4500;

/**
 * Why a configuration of LDAP cannot work, undefined when it can: name and password of the searching account, URI, bind, at least one user, then the
 * superuser, in this order (configuration reference C.2 and C.3; the texts of C.3 are literal). `config` is what the engine takes.
 */
export async function checkLdap(
  config: unknown,
  options: { readonly logger: Logger; readonly superuser?: DirectorySuperuser | undefined },
): Promise<string | undefined> {
  const given = z.object({ adminDn: z.string(), adminPassword: z.string(), uri: z.string() }).parse(config);
  if (given.adminDn === '') return 'LDAP_ADMIN_DN is missing: the account that searches the directory.';
  if (given.adminPassword === '') return 'LDAP_ADMIN_PASSWD is missing: the password of LDAP_ADMIN_DN.';
  if (!/^ldaps?:\/\//.test(given.uri)) return 'LDAP_URI must start with ldap:// or ldaps://.';
  const parsed = ldapConfig.safeParse(config);
  if (!parsed.success) return parsed.error.issues.map(({ message }) => message).join('; ');
  const bindFault = await findBindFault(parsed.data);
  if (bindFault !== undefined) return bindFault;
  const directory = createLdapDirectory({ ...parsed.data, poolSize: 1 }, options.logger);
  try {
    return (
      (await findUsersFault(parsed.data, directory)) ??
      (options.superuser && (await findSuperuserFault(parsed.data, directory, options.superuser)))
    );
  } finally {
    directory.close();
  }
}

/** `AuthEngine.findFault`: what of `checkLdap` needs nobody's password, within 5 s. */
export async function findLdapFault(config: LdapConfig, logger: Logger): Promise<string | undefined> {
  const signal = AbortSignal.timeout(faultLimitMs);
  const bindFault = await findBindFault(config, signal);
  if (bindFault !== undefined) return bindFault;
  const directory = createLdapDirectory({ ...config, poolSize: 1 }, logger);
  try {
    return await findUsersFault(config, directory, signal);
  } finally {
    directory.close();
  }
}

async function findBindFault(config: LdapConfig, signal?: AbortSignal): Promise<string | undefined> {
  try {
    const connection = await openAdminConnection(config, parseLdapUri(config.uri), { signal });
    connection.close();
    return undefined;
  } catch (error) {
    return describeLdapFault(error);
  }
}

async function findUsersFault(
  config: LdapConfig,
  directory: LdapDirectory,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const places = config.userDns.join(' and ');
  try {
    if (await directory.hasUsers(signal)) return undefined;
    return `No users with the attribute ${config.uidAttribute} were found in ${places}: the base DN, the relative DN or a filter is wrong, or LDAP_ADMIN_DN may not read there.`;
  } catch (error) {
    return `Users cannot be sought in ${places}: ${describeLdapFault(error)}`;
  }
}

async function findSuperuserFault(
  config: LdapConfig,
  directory: LdapDirectory,
  { username, password }: DirectorySuperuser,
): Promise<string | undefined> {
  const reason = await findReason(config, directory, { username, password });
  if (reason === undefined) return undefined;
  return `Verification of superuser ${username} failed: ${reason}\n\nThe user either does not exist in the remote authentication system OR LDAP auth is misconfigured.`;
}

async function findReason(
  config: LdapConfig,
  directory: LdapDirectory,
  { username, password }: DirectorySuperuser,
): Promise<string | undefined> {
  if (username === '') return ldapReasons.emptyUsername;
  if (password === '') return ldapReasons.anonymousBinding;
  try {
    const person = await directory.findPerson(username);
    if (person === undefined) return ldapReasons.usernameNotFound;
    await directory.checkPassword(person, password);
    if (person.uid === undefined) return ldapReasons.missingUid(config.uidAttribute);
    if (person.email === undefined && config.emailRequired)
      return ldapReasons.missingMail(config.emailAttribute);
    return undefined;
  } catch (error) {
    return isPasswordRefusal(error) ? ldapReasons.invalidPassword : describeLdapFault(error);
  }
}
