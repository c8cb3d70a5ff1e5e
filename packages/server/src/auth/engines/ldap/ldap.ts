import {
  type AuthEngine,
  type DirectoryPerson,
  defineAuthEngine,
} from '#/auth/engines/define-auth-engine.ts';
import {
  createFederatedVerification,
  type RemoteVerification,
} from '#/auth/engines/federated-verification.ts';
import { createRemoteGuard } from '#/auth/engines/remote-guard.ts';
import type { Services } from '#/domain/services.ts';
import { findLdapFault } from './check-ldap.ts';
import { type LdapConfig, ldapConfig } from './ldap-config.ts';
import { createLdapDirectory, type LdapDirectory } from './ldap-directory.ts';
import { createLdapGroups } from './ldap-groups.ts';
import type { LdapPerson } from './ldap-people.ts';
import { isPasswordRefusal, ldapReasons, ldapRefusal } from './ldap-refusals.ts';
import { createLdapRights } from './ldap-rights.ts';

/** People of a directory: their entry is sought as `LDAP_ADMIN_DN`, their password checked by a bind. */
export const ldapEngine = defineAuthEngine({
  name: 'LDAP',
  config: ldapConfig,
  create: createLdapEngine,
});

function createLdapEngine(services: Services, config: LdapConfig): AuthEngine {
  const directory = createLdapDirectory(config, services.logger);
  const guard = createRemoteGuard(services.clock, {
    title: 'The directory',
    timeoutMs: (config.timeoutSeconds + config.networkTimeoutSeconds) * 1000,
  });
  const verify = createFederatedVerification(services, {
    service: 'ldap',
    guard,
    verifyRemotely: (login, password, signal) =>
      verifyInDirectory(config, directory, { login, password, signal }),
  });
  const rights = createLdapRights(services, config, directory, guard);
  return {
    service: 'ldap',
    checksPasswords: true,
    verify,
    people: {
      async findPerson(usernameOrEmail) {
        if (usernameOrEmail === '') return undefined;
        const found = await guard.patiently(() =>
          guard.run((signal) => directory.findPerson(usernameOrEmail, signal)),
        );
        return found && directoryPerson(found);
      },
      async findPeople(prefix, limit) {
        if (prefix === '') return [];
        const found = await guard.patiently(() =>
          guard.run((signal) => directory.listStartingWith(prefix, limit, signal)),
        );
        return found.flatMap((person) => directoryPerson(person) ?? []);
      },
    },
    groups: createLdapGroups(config, directory),
    ...(rights === undefined ? {} : { rights }),
    findFault: () => findLdapFault(config, services.logger),
    async close() {
      guard.close();
      directory.close();
    },
  };
}

async function verifyInDirectory(
  config: LdapConfig,
  directory: LdapDirectory,
  attempt: { readonly login: string; readonly password: string; readonly signal: AbortSignal },
): Promise<RemoteVerification> {
  const person = await directory.findPerson(attempt.login, attempt.signal);
  if (person === undefined) return { refusal: ldapRefusal(ldapReasons.usernameNotFound) };
  try {
    await directory.checkPassword(person, attempt.password, attempt.signal);
  } catch (error) {
    if (isPasswordRefusal(error)) return { refusal: ldapRefusal(ldapReasons.invalidPassword) };
    throw error;
  }
  const { uid: username, email } = person;
  if (username === undefined) return { refusal: ldapRefusal(ldapReasons.missingUid(config.uidAttribute)) };
  if (email === undefined && config.emailRequired) {
    return { refusal: ldapRefusal(ldapReasons.missingMail(config.emailAttribute)) };
  }
  if (username.toLowerCase() !== attempt.login.toLowerCase()) {
    // Found by address: in another place somebody else may have the same name, and the account belongs to whom the name alone finds.
    const named = await directory.findPerson(username, attempt.signal);
    if (named?.dn !== person.dn) return { refusal: ldapRefusal(ldapReasons.usernameTaken) };
  }
  return { person: { username, email } };
}

function directoryPerson({ uid, email }: LdapPerson): DirectoryPerson | undefined {
  return uid === undefined ? undefined : { username: uid, email };
}
