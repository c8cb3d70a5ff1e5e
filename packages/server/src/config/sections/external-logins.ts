import { z } from 'zod';
import { key, section } from '#/config/key.ts';
import {
  boolean,
  choice,
  httpUrl,
  nonEmptyText,
  optional,
  required,
  shape,
  textList,
  type ValueType,
} from '#/config/value-types.ts';

/** `LOGIN_BINDING_FIELD` of every provider. */
export const bindingField = choice('sub', 'username', 'email');

/** Forms save an empty object for what was never filled in. */
function orEmpty<T>(type: ValueType<T>): ValueType<T | undefined> {
  const isEmpty = (raw: unknown): boolean =>
    typeof raw === 'object' && raw !== null && Object.keys(raw).length === 0;
  return {
    ...type,
    schema: z.preprocess((raw) => (isEmpty(raw) ? undefined : raw), type.schema.optional()),
  };
}

const github = shape({
  CLIENT_ID: required(nonEmptyText),
  CLIENT_SECRET: required(nonEmptyText),
  GITHUB_ENDPOINT: optional(httpUrl),
  API_ENDPOINT: optional(httpUrl),
  ORG_RESTRICT: optional(boolean),
  ALLOWED_ORGANIZATIONS: optional(textList),
  LOGIN_BINDING_FIELD: optional(bindingField),
});
const google = shape({
  CLIENT_ID: required(nonEmptyText),
  CLIENT_SECRET: required(nonEmptyText),
  LOGIN_BINDING_FIELD: optional(bindingField),
});

export const externalLoginsSection = section('External logins', {
  featureGithubLogin: key('FEATURE_GITHUB_LOGIN', boolean, {
    default: false,
    since: '2.9',
    summary: 'Sign in with GitHub or GitHub Enterprise.',
  }),
  internalOidcServiceId: key('INTERNAL_OIDC_SERVICE_ID', nonEmptyText, {
    since: '2.9 (not in its guide)',
    summary:
      'With `AUTHENTICATION_TYPE: OIDC` and several providers: the id of the one that is the directory.',
  }),
  featureGoogleLogin: key('FEATURE_GOOGLE_LOGIN', boolean, {
    default: false,
    since: '2.9',
    summary: 'Sign in with Google.',
  }),
  githubLogin: key('GITHUB_LOGIN_CONFIG', orEmpty(github), {
    nullable: true,
    since: '2.9',
    summary: 'The OAuth application at GitHub; another one than that of build triggers.',
  }),
  googleLogin: key('GOOGLE_LOGIN_CONFIG', orEmpty(google), {
    nullable: true,
    since: '2.9',
    summary: 'The OAuth application at Google.',
  }),
});
