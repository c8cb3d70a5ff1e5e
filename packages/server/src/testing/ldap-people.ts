import type { EnginePerson } from './auth-engine-conformance.ts';
import type { Slapd } from './slapd.ts';

/** Of everybody whom `fillDirectory` makes. */
export const directoryPassword = 'secret-of-the-directory';

/** An entry `uid=<name>` below `place`. */
export function personLdif(
  baseDn: string,
  person: {
    readonly name: string;
    readonly place?: string;
    readonly mail?: string | undefined;
    readonly password?: string;
    /** More lines. */
    readonly more?: string;
  },
): string {
  const { name, place = 'ou=people', mail, password = directoryPassword, more } = person;
  return `dn: uid=${name},${place},${baseDn}
objectClass: user
uid: ${name}
cn: ${name}
sn: ${name}
${mail === undefined ? '' : `mail: ${mail}\n`}userPassword: ${password}
${more === undefined ? '' : `${more}\n`}
`;
}

/** An organizational unit. */
export function placeLdif(baseDn: string, place: string): string {
  return `dn: ${place},${baseDn}\nobjectClass: organizationalUnit\nou: ${/^ou=([^,]+)/.exec(place)?.[1]}\n\n`;
}

/** The root, `ou=people` with `alice` and `bobby`, and `ou=groups`. */
export async function fillDirectory({ add, baseDn }: Slapd): Promise<readonly EnginePerson[]> {
  const people: readonly EnginePerson[] = [
    { login: 'alice', name: 'alice', password: directoryPassword, email: 'alice@example.com' },
    { login: 'bobby@example.com', name: 'bobby', password: directoryPassword, email: 'bobby@example.com' },
  ];
  await add(
    [
      `dn: ${baseDn}\nobjectClass: dcObject\nobjectClass: organization\ndc: ${/^dc=([^,]+)/.exec(baseDn)?.[1]}\no: test\n\n`,
      placeLdif(baseDn, 'ou=people'),
      placeLdif(baseDn, 'ou=groups'),
      ...people.map(({ name, email }) => personLdif(baseDn, { name, mail: email })),
    ].join(''),
  );
  return people;
}

/** What the engine is opened with for this directory; `LDAP_*` of the configuration by the names of its section. */
export function ldapEngineConfig(slapd: Slapd, changes: Readonly<Record<string, unknown>> = {}) {
  return {
    uri: slapd.uri,
    baseDn: slapd.baseDn.split(','),
    userRdn: ['ou=people'],
    secondaryUserRdns: [],
    adminDn: slapd.adminDn,
    adminPassword: slapd.adminPassword,
    uidAttribute: 'uid',
    emailAttribute: 'mail',
    memberOfAttribute: 'memberOf',
    emailRequired: false,
    allowInsecureFallback: false,
    followReferrals: true,
    timeoutSeconds: 5,
    networkTimeoutSeconds: 5,
    userFilter: '',
    superuserFilter: '',
    restrictedUserFilter: '',
    globalReadonlySuperuserFilter: '',
    featureCaching: false,
    cacheSeconds: 5,
    connectionPooling: true,
    poolSize: 10,
    poolMaximumWaitSeconds: 5,
    poolConnectionLifeSeconds: 300,
    ...changes,
  };
}
