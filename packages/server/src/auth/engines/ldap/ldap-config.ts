import { type Filter, FilterParser } from 'ldapts';
import { z } from 'zod';
import { isDn } from './dn.ts';

/** A condition in the syntax of RFC 4515; an empty text is none. */
const filter = z
  .string()
  .default('')
  .transform((text, context): Filter | undefined => {
    if (text.trim() === '') return undefined;
    const found = findFilter(text);
    if (found === undefined) context.addIssue({ code: 'custom', message: `"${text}" is no LDAP filter` });
    return found;
  });

const dn = z
  .string()
  .refine(isDn, { error: 'expected a distinguished name such as ou=people,dc=example,dc=com' });
const pieces = z.array(z.string()).transform((list) => list.join(','));
const attribute = (fallback: string) => z.string().transform((name) => name || fallback);

/** What the directory is asked, and how; made from the section of the configuration. */
export const ldapConfig = z
  .object({
    uri: z.string().regex(/^ldaps?:\/\//, { error: 'expected ldap:// or ldaps://' }),
    baseDn: pieces.pipe(dn),
    userRdn: pieces,
    secondaryUserRdns: z.array(z.string()),
    adminDn: z.string(),
    adminPassword: z.string(),
    uidAttribute: attribute('uid'),
    emailAttribute: attribute('mail'),
    memberOfAttribute: attribute('memberOf'),
    /** `FEATURE_MAILING`: people without an address do not come in. */
    emailRequired: z.boolean(),
    allowInsecureFallback: z.boolean(),
    followReferrals: z.boolean(),
    timeoutSeconds: z.number(),
    networkTimeoutSeconds: z.number(),
    userFilter: filter,
    superuserFilter: filter,
    restrictedUserFilter: filter,
    globalReadonlySuperuserFilter: filter,
    featureCaching: z.boolean(),
    cacheSeconds: z.number(),
    connectionPooling: z.boolean(),
    poolSize: z.number(),
    poolMaximumWaitSeconds: z.number(),
    poolConnectionLifeSeconds: z.number(),
  })
  .transform(({ userRdn, secondaryUserRdns, ...config }) => ({
    ...config,
    /** Where people are sought, in order. */
    userDns: [userRdn, ...secondaryUserRdns].map((rdn) =>
      rdn === '' ? config.baseDn : `${rdn},${config.baseDn}`,
    ),
  }))
  .refine(({ userDns }) => userDns.every(isDn), {
    error: 'LDAP_USER_RDN and LDAP_SECONDARY_USER_RDNS must be relative to LDAP_BASE_DN, such as ou=people',
  });

export type LdapConfig = z.infer<typeof ldapConfig>;

/** The filter, undefined for a text that is none. */
function findFilter(text: string): Filter | undefined {
  try {
    return FilterParser.parseString(text.trim());
  } catch {
    return undefined;
  }
}
