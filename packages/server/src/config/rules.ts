import { ldapConfig } from '#/auth/engines/ldap/ldap-config.ts';
import type { ParsedSections } from '#/config/configuration.ts';
import { loginProviderId, loginProviderNames } from '#/config/login-provider.ts';
import { maskValue } from '#/config/mask-value.ts';
import type { Problem } from '#/config/problem.ts';
import { ldapSection } from '#/config/sections/ldap.ts';
import { parseConnectionUri } from '#/db/connection-uri.ts';

type Rule = (values: ParsedSections) => Problem | readonly Problem[] | undefined;

function refuse(key: string, value: unknown, expected: string, message: string): Problem {
  return { severity: 'error', key, value: maskValue(key, value), expected, message };
}

function warn(key: string, value: unknown, expected: string, message: string): Problem {
  return { ...refuse(key, value, expected, message), severity: 'warning' };
}

const storageRules: readonly Rule[] = [
  ({ storage, logs }) => {
    const ids = storage.locations.map((location) => location.name);
    const check = (key: string, chosen: readonly string[]): Problem[] =>
      chosen
        .filter((id) => !ids.includes(id))
        .map((id) =>
          refuse(
            key,
            id,
            `location ids of DISTRIBUTED_STORAGE_CONFIG: ${ids.join(', ')}`,
            'names no location',
          ),
        );
    return [
      ...check('DISTRIBUTED_STORAGE_PREFERENCE', storage.preference ?? []),
      ...check('DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS', storage.defaultLocations),
      ...check('USERFILES_LOCATION', [storage.userFilesLocation ?? []].flat()),
      ...(logs.featureRotation
        ? check('ACTION_LOG_ARCHIVE_LOCATION', [logs.archiveLocation ?? []].flat())
        : []),
    ];
  },
  ({ storage }) =>
    storage.featureStorageReplication &&
    storage.locations.some((location) => location.engine === 'LocalStorage')
      ? refuse(
          'FEATURE_STORAGE_REPLICATION',
          true,
          'false, or object stores only',
          'LocalStorage cannot be replicated: other nodes do not see its files',
        )
      : undefined,
];

const databaseRules: readonly Rule[] = [
  ({ database }) => {
    const { dialect } = parseConnectionUri(database.uri);
    return database.readReplicas.flatMap((uri, index) =>
      dialect !== 'sqlite' && parseConnectionUri(uri).dialect === dialect
        ? []
        : refuse(
            `DB_READ_REPLICAS[${index}].DB_URI`,
            uri,
            dialect === 'sqlite' ? 'none, or a server in DB_URI' : `a ${dialect} server like that of DB_URI`,
            'cannot be a replica of DB_URI',
          ),
    );
  },
];

const timeMachineRules: readonly Rule[] = [
  ({ timeMachine }) =>
    timeMachine.tagExpirationOptionsSeconds.length > 0 &&
    !timeMachine.tagExpirationOptionsSeconds.includes(timeMachine.defaultTagExpirationSeconds)
      ? refuse(
          'DEFAULT_TAG_EXPIRATION',
          `${timeMachine.defaultTagExpirationSeconds}s`,
          'one of TAG_EXPIRATION_OPTIONS',
          'is not among the options',
        )
      : undefined,
  ({ timeMachine }) =>
    timeMachine.labeledExpirationMinimumSeconds > timeMachine.labeledExpirationMaximumSeconds
      ? refuse(
          'LABELED_EXPIRATION_MINIMUM',
          `${timeMachine.labeledExpirationMinimumSeconds}s`,
          'at most LABELED_EXPIRATION_MAXIMUM',
          'is longer than the maximum',
        )
      : undefined,
];

/** Values of `AUTHENTICATION_TYPE` that this release has. */
const availableEngines: readonly string[] = ['Database', 'LDAP', 'JWT', 'Keystone', 'OIDC', 'AppToken'];

/** Names and filters that no directory could read. */
function ldapFaults(ldap: ParsedSections['ldap']): Problem[] {
  const { error } = ldapConfig.safeParse({ ...ldap, emailRequired: false });
  const keys: Readonly<Record<string, { readonly name: string }>> = ldapSection.keys;
  return (error?.issues ?? []).map(({ path: [field = 'userRdn'], message }) =>
    refuse(keys[String(field)]?.name ?? 'LDAP_BASE_DN', undefined, message, 'cannot be read'),
  );
}

const accessRules: readonly Rule[] = [
  ({ access }) => {
    const { authenticationType } = access;
    if (availableEngines.includes(authenticationType)) return undefined;
    return refuse(
      'AUTHENTICATION_TYPE',
      authenticationType,
      availableEngines.join(', '),
      `${authenticationType} is not available yet`,
    );
  },
  ({ access, ldap }) => {
    if (access.authenticationType !== 'LDAP') return undefined;
    const needed = [
      ['LDAP_BASE_DN', ldap.baseDn.length > 0],
      ['LDAP_URI', ldap.uri !== ''],
      ['LDAP_ADMIN_DN', ldap.adminDn !== ''],
      ['LDAP_ADMIN_PASSWD', ldap.adminPassword !== ''],
    ] as const;
    const missing = needed.flatMap(([name, given]) =>
      given ? [] : refuse(name, undefined, 'a value', 'is needed with AUTHENTICATION_TYPE: LDAP'),
    );
    return missing.length > 0 ? missing : ldapFaults(ldap);
  },
  ({ access, jwt }) => {
    if (access.authenticationType !== 'JWT') return undefined;
    const needed = [
      ['JWT_VERIFY_ENDPOINT', jwt.verifyEndpoint],
      ['JWT_AUTH_ISSUER', jwt.issuer],
    ] as const;
    return needed.flatMap(([name, given]) =>
      given !== '' ? [] : refuse(name, undefined, 'a value', 'is needed with AUTHENTICATION_TYPE: JWT'),
    );
  },
  ({ access, keystone }) => {
    if (access.authenticationType !== 'Keystone') return undefined;
    const { version } = keystone;
    const needed = [
      ['KEYSTONE_AUTH_URL', keystone.url],
      ['KEYSTONE_ADMIN_USERNAME', keystone.adminUsername],
      ['KEYSTONE_ADMIN_PASSWORD', keystone.adminPassword],
      ['KEYSTONE_ADMIN_TENANT', keystone.adminTenant],
    ] as const;
    return [
      ...needed.flatMap(([name, given]) =>
        given !== ''
          ? []
          : refuse(name, undefined, 'a value', 'is needed with AUTHENTICATION_TYPE: Keystone'),
      ),
      ...(version === 3
        ? []
        : [
            refuse(
              'KEYSTONE_AUTH_VERSION',
              version,
              '3, and a KEYSTONE_AUTH_URL that ends in /v3',
              'is a version of the API that Keystone itself removed in 2018',
            ),
          ]),
    ];
  },
  ({ access }) => {
    if (access.authenticationType !== 'AppToken') return undefined;
    const found: Problem[] = [];
    if (access.featureDirectLogin) {
      found.push(
        refuse('FEATURE_DIRECT_LOGIN', true, 'false', 'must be off with AUTHENTICATION_TYPE: AppToken'),
      );
    }
    if (!access.featureAppSpecificTokens) {
      found.push(
        refuse('FEATURE_APP_SPECIFIC_TOKENS', false, 'true', 'must be on with AUTHENTICATION_TYPE: AppToken'),
      );
    }
    return found;
  },
  ({ access }) =>
    access.featureInviteOnlyUserCreation && !access.featureUserCreation
      ? warn(
          'FEATURE_INVITE_ONLY_USER_CREATION',
          true,
          'FEATURE_USER_CREATION: true beside it',
          'has no effect while registration is off',
        )
      : undefined,
  ({ access, mail }) =>
    access.featureMailing && mail.server === ''
      ? warn(
          'FEATURE_MAILING',
          true,
          'MAIL_SERVER beside it, or FEATURE_MAILING: false',
          'sends no mail without MAIL_SERVER: people who register cannot confirm their address, and nobody can recover an account',
        )
      : undefined,
];

const otherRules: readonly Rule[] = [
  ({ registry }) =>
    registry.labelKeyReservedPrefixes
      .filter((prefix) => !prefix.endsWith('.'))
      .map((prefix) =>
        refuse('LABEL_KEY_RESERVED_PREFIXES', prefix, `${prefix}.`, 'each prefix must end in a dot'),
      ),
  ({ secrets }) =>
    secrets.instanceServiceKeyRefreshMinutes * 2 > secrets.instanceServiceKeyExpirationMinutes
      ? refuse(
          'INSTANCE_SERVICE_KEY_REFRESH',
          secrets.instanceServiceKeyRefreshMinutes,
          'at most half of INSTANCE_SERVICE_KEY_EXPIRATION',
          'would let the key expire before it is extended',
        )
      : undefined,
  ({ secrets }) =>
    (secrets.instanceServiceKeyKidLocation === undefined) !==
    (secrets.instanceServiceKeyLocation === undefined)
      ? refuse(
          'INSTANCE_SERVICE_KEY_LOCATION',
          secrets.instanceServiceKeyLocation,
          'INSTANCE_SERVICE_KEY_KID_LOCATION and INSTANCE_SERVICE_KEY_LOCATION, or neither',
          'one of the two files is missing',
        )
      : undefined,
  ({ server, sessions }) =>
    sessions.sessionCookieSameSite === 'None' &&
    server.preferredUrlScheme !== 'https' &&
    !sessions.sessionCookieSecure
      ? warn(
          'SESSION_COOKIE_SAMESITE',
          'None',
          'Lax or Strict without TLS',
          'browsers drop such a cookie without TLS',
        )
      : undefined,
  ({ server }) =>
    server.externalTlsTermination && server.preferredUrlScheme !== 'https'
      ? warn(
          'EXTERNAL_TLS_TERMINATION',
          true,
          'PREFERRED_URL_SCHEME: https beside it',
          'generated URLs would not use TLS',
        )
      : undefined,
];

/** Rules about `<ID>_LOGIN_CONFIG`, whose names are free. */
function checkExternalLogins(
  { access, externalLogins }: ParsedSections,
  names: readonly string[],
): readonly Problem[] {
  const providers = loginProviderNames(names);
  const { featureGithubLogin, featureGoogleLogin, githubLogin, googleLogin } = externalLogins;
  const expected = (name: string) => `${name}_LOGIN_CONFIG with CLIENT_ID and CLIENT_SECRET beside it`;
  const found = [
    ...(featureGithubLogin && githubLogin === undefined
      ? [refuse('FEATURE_GITHUB_LOGIN', true, expected('GITHUB'), 'is of no use without GITHUB_LOGIN_CONFIG')]
      : []),
    ...(featureGoogleLogin && googleLogin === undefined
      ? [refuse('FEATURE_GOOGLE_LOGIN', true, expected('GOOGLE'), 'is of no use without GOOGLE_LOGIN_CONFIG')]
      : []),
    ...providers
      .filter((name, index) => providers.findIndex((other) => isSameProvider(name, other)) !== index)
      .map((name) =>
        refuse(name, undefined, 'one key of each id', `defines "${loginProviderId(name)}" a second time`),
      ),
  ];
  const others = featureGithubLogin || featureGoogleLogin || providers.length > 0;
  if (access.authenticationType === 'OIDC' && providers.length === 0) {
    found.push(
      refuse('AUTHENTICATION_TYPE', 'OIDC', '<ID>_LOGIN_CONFIG of the provider beside it', 'has no provider'),
    );
  }
  const ids = providers.map(loginProviderId);
  const { internalOidcServiceId: directory } = externalLogins;
  const isDirectory = access.authenticationType === 'OIDC' && ids.length > 0;
  if (isDirectory && directory !== undefined && !ids.includes(directory.toLowerCase())) {
    found.push(
      refuse('INTERNAL_OIDC_SERVICE_ID', directory, `one of ${ids.join(', ')}`, 'names no provider'),
    );
  } else if (isDirectory && directory === undefined && ids.length > 1) {
    const expected = `INTERNAL_OIDC_SERVICE_ID beside it, one of ${ids.join(', ')}`;
    found.push(
      refuse('AUTHENTICATION_TYPE', 'OIDC', expected, 'does not tell which provider is the directory'),
    );
  }
  if (!access.featureDirectLogin && !others && access.authenticationType !== 'AppToken') {
    found.push(
      refuse(
        'FEATURE_DIRECT_LOGIN',
        false,
        'true, or an external login: GitHub, Google or an OIDC provider',
        'would leave nobody a way to sign in to the web interface',
      ),
    );
  }
  return found;
}

function isSameProvider(name: string, other: string): boolean {
  return loginProviderId(name) === loginProviderId(other);
}

/** Two queues of one name would take each other's work. */
const queueRules: readonly Rule[] = [
  ({ workers }) => {
    const names: Readonly<Record<string, string>> = {
      NOTIFICATION_QUEUE_NAME: workers.notificationQueueName,
      DOCKERFILE_BUILD_QUEUE_NAME: workers.buildQueueName,
      REPLICATION_QUEUE_NAME: workers.replicationQueueName,
      REPOSITORY_GC_QUEUE_NAME: workers.repositoryDeletionQueueName,
      NAMESPACE_GC_QUEUE_NAME: workers.namespaceDeletionQueueName,
      EXPORT_ACTION_LOGS_QUEUE_NAME: workers.logExportQueueName,
    };
    const taken = new Set(['exportedlogs']);
    return Object.entries(names).flatMap(([key, name]) => {
      if (taken.has(name)) return refuse(key, name, 'a name that no other queue has', 'names two queues');
      taken.add(name);
      return [];
    });
  },
];

/**
 * Rules that look at several keys at once; run on parsed values. Rules about keys that are wrong in themselves are left out: they would only
 * repeat it in other words.
 */
export function checkRules(
  values: ParsedSections,
  wrong: ReadonlySet<string>,
  /** Keys that are given a value. */
  names: readonly string[],
): Problem[] {
  const isRight = (name: string): boolean => !wrong.has(name);
  const rules = [
    ...(isRight('DISTRIBUTED_STORAGE_CONFIG') ? storageRules : []),
    ...(isRight('TAG_EXPIRATION_OPTIONS') ? timeMachineRules : []),
    ...(isRight('DB_URI') && isRight('DB_READ_REPLICAS') ? databaseRules : []),
    ...accessRules,
    ...queueRules,
    ...otherRules,
    (parsed: ParsedSections) => checkExternalLogins(parsed, names),
  ];
  return rules.flatMap((rule) => rule(values) ?? []).filter((problem) => isRight(problem.key));
}
