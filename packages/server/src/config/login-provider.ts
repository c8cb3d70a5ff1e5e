import { type KeyDefinition, key } from '#/config/key.ts';
import {
  anything,
  boolean,
  nonEmptyText,
  object,
  optional,
  required,
  shape,
  text,
  textList,
} from '#/config/value-types.ts';

/** Names of keys that each define an OIDC provider. */
export const loginProviderPattern = /^[A-Z0-9][A-Z0-9_]*_LOGIN_CONFIG$/;

const provider = shape({
  OIDC_SERVER: required(text),
  CLIENT_ID: required(nonEmptyText),
  CLIENT_SECRET: optional(text),
  SERVICE_NAME: optional(text),
  SERVICE_ICON: optional(text),
  LOGIN_SCOPES: optional(textList),
  LOGIN_BINDING_FIELD: optional(text),
  OIDC_ENDPOINT_CUSTOM_PARAMS: optional(object),
  OIDC_ISSUER: optional(text),
  VERIFIED_EMAIL_CLAIM_NAME: optional(text),
  PREFERRED_USERNAME_CLAIM_NAME: optional(text),
  DEBUGGING: optional(boolean),
  PREFERRED_GROUP_CLAIM_NAME: optional(text),
  OIDC_DISABLE_USER_ENDPOINT: optional(boolean),
  USE_PKCE: optional(boolean),
  PKCE_METHOD: optional(text),
  PUBLIC_CLIENT: optional(boolean),
  OIDC_ISSUERS: optional(anything),
  OIDC_AUDIENCES: optional(anything),
  OIDC_ALLOWED_CLIENTS: optional(anything),
  SUPERUSER_GROUP: optional(text),
  GLOBAL_READONLY_SUPERUSER_GROUP: optional(text),
});

/** The definition of one `<ID>_LOGIN_CONFIG` key. */
export function loginProviderKey(name: string): KeyDefinition {
  return key(name, provider, {
    nullable: true,
    later: true,
    since: '2.9 (not in its guide)',
    summary: 'An OIDC provider; its id is the part before the first underscore, in lower case.',
  });
}
