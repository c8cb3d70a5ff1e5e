import { ResultCodeError } from 'ldapts';
import { DomainError } from '#/domain/errors.ts';

/** Result codes of RFC 4511 with which a server says no to a password, rather than that it cannot tell. */
const passwordRefusals: ReadonlySet<number> = new Set([
  19, // constraintViolation: locked by the password policy
  32, // noSuchObject: the entry has just gone
  48, // inappropriateAuthentication: no password to check
  49, // invalidCredentials: also Active Directory's locked, expired and disabled
  50, // insufficientAccessRights
  53, // unwillingToPerform
]);

/** The server answered, and said that this password opens nothing. */
export function isPasswordRefusal(error: unknown): boolean {
  return error instanceof ResultCodeError && passwordRefusals.has(error.code);
}

/** The reasons that Quay's users know, word for word (configuration reference C.3). */
export const ldapReasons = {
  usernameNotFound: 'Username not found',
  invalidPassword: 'Invalid password',
  adminRefused: 'LDAP Admin dn or password is invalid',
  missingMail: (attribute: string) => `Missing mail field "${attribute}" in user record`,
  missingUid: (attribute: string) => `Missing uid field "${attribute}" in user record`,
  /** Of our own. */
  usernameTaken: 'Another person of the directory has this username',
  anonymousBinding: 'Anonymous binding not allowed',
  emptyUsername: 'Empty username/email',
} as const;

export function ldapRefusal(reason: string): DomainError {
  return new DomainError('invalid_credentials', reason);
}

/** What the server said, for logs and operators: the library's text without its own numbers. */
export function describeLdapFault(error: unknown): string {
  if (error instanceof ResultCodeError) {
    if (error.code === 49) return 'Invalid credentials';
    if (error.code === 10) return 'The directory refers to another server: set LDAP_URI to that one.';
    return `The directory refused (result code ${error.code}).`;
  }
  const text = error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? text;
}
