import { z } from 'zod';
import type { RawValues } from '#/config/effective-values.ts';
import { type KeyDefinition, key } from '#/config/key.ts';
import { bindingField } from '#/config/sections/external-logins.ts';
import {
  boolean,
  choice,
  httpUrl,
  nonEmptyText,
  optional,
  required,
  shape,
  text,
  textList,
  textOrList,
  type ValueType,
} from '#/config/value-types.ts';

/** Names of keys that each define an OIDC provider. */
export const loginProviderPattern = /^[A-Z0-9][A-Z0-9_]*_LOGIN_CONFIG$/;

/** Keys of the same form that are something of their own. */
const ownKeys: ReadonlySet<string> = new Set(['GITHUB_LOGIN_CONFIG', 'GOOGLE_LOGIN_CONFIG']);

/** Services of the directories of `AUTHENTICATION_TYPE` and of other links of accounts. */
const takenIds: ReadonlySet<string> = new Set([
  'ldap',
  'jwt',
  'jwtauthn',
  'keystone',
  'github',
  'google',
  'quayrobot',
]);

const parametersExpected = 'endpoints such as authorization_endpoint, each with its query parameters';
const customParameters: ValueType<Record<string, Record<string, string | number | boolean>>> = {
  schema: z.record(
    z.string(),
    z.record(z.string(), z.union([z.string(), z.number(), z.boolean()], { error: parametersExpected }), {
      error: parametersExpected,
    }),
    { error: parametersExpected },
  ),
  label: 'object',
};

const provider = shape({
  OIDC_SERVER: required(httpUrl),
  CLIENT_ID: required(nonEmptyText),
  CLIENT_SECRET: optional(text),
  SERVICE_NAME: optional(text),
  SERVICE_ICON: optional(text),
  LOGIN_SCOPES: optional(textList),
  LOGIN_BINDING_FIELD: optional(bindingField),
  OIDC_ENDPOINT_CUSTOM_PARAMS: optional(customParameters),
  OIDC_ISSUER: optional(text),
  VERIFIED_EMAIL_CLAIM_NAME: optional(text),
  PREFERRED_USERNAME_CLAIM_NAME: optional(text),
  DEBUGGING: optional(boolean),
  PREFERRED_GROUP_CLAIM_NAME: optional(text),
  OIDC_DISABLE_USER_ENDPOINT: optional(boolean),
  USE_PKCE: optional(boolean),
  PKCE_METHOD: optional(choice('S256', 'plain')),
  PUBLIC_CLIENT: optional(boolean),
  OIDC_ISSUERS: optional(textOrList),
  OIDC_AUDIENCES: optional(textOrList),
  OIDC_ALLOWED_CLIENTS: optional(textOrList),
  SUPERUSER_GROUP: optional(text),
  GLOBAL_READONLY_SUPERUSER_GROUP: optional(text),
});

/** The definition of one `<ID>_LOGIN_CONFIG` key. */
export function loginProviderKey(name: string): KeyDefinition {
  const type: ValueType<Record<string, unknown>> = {
    ...provider,
    schema: provider.schema
      .refine(() => !takenIds.has(loginProviderId(name)), {
        error: `another name: ${[...takenIds].join(', ')} are taken`,
      })
      .refine(({ OIDC_SERVER: url, DEBUGGING: debugging }) => isHttps(url) || debugging === true, {
        error: 'a URL that starts with https:// (http:// only with DEBUGGING: true)',
        path: ['OIDC_SERVER'],
      })
      .refine(({ CLIENT_SECRET: secret, PUBLIC_CLIENT: isPublic }) => isFilled(secret) || isPublic === true, {
        error: 'a value: string (or PUBLIC_CLIENT: true)',
        path: ['CLIENT_SECRET'],
      }),
  };
  return key(name, type, {
    nullable: true,
    since: '2.9 (not in its guide)',
    summary: 'An OIDC provider; its id is the part before the first underscore, in lower case.',
  });
}

function isHttps(url: unknown): boolean {
  return typeof url === 'string' && url.toLowerCase().startsWith('https://');
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** The id of the service that a key defines: the text before its first underscore, in lower case. */
export function loginProviderId(name: string): string {
  return (name.split('_', 1)[0] ?? '').toLowerCase();
}

/** The names among these that define OIDC providers. */
export function loginProviderNames(names: readonly string[]): readonly string[] {
  return names.filter((name) => loginProviderPattern.test(name) && !ownKeys.has(name));
}

/** The OIDC providers of a configuration that was checked, in the order of the file; a block left empty defines none. */
export function loginProviders(
  values: RawValues,
): readonly { readonly name: string; readonly config: Readonly<Record<string, unknown>> }[] {
  return loginProviderNames(Object.keys(values)).flatMap((name) => {
    const value = values[name];
    if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return [];
    // Sub-keys in the wrong case are read all the same, as elsewhere.
    const upper = Object.fromEntries(
      Object.entries(value).map(([field, item]) => [field.toUpperCase(), item]),
    );
    const parsed = provider.schema.safeParse(upper);
    return parsed.success ? [{ name, config: parsed.data }] : [];
  });
}
