import { pattern, type ValueType } from '#/config/value-types.ts';

/** First parts of paths that are taken. */
const takenFolders = [
  'api',
  'authrepoemail',
  'config',
  'confirm',
  'csrf_token',
  'exportedlogs',
  'health',
  'keys',
  'logarchive',
  'oauth2',
  'recovery',
  'repository',
  'signin',
  'status',
  'userfiles',
  'v1',
  'v2',
].join('|');
const takenPages = 'access_token|authorize|authorizeapp|denyapp|show-token\\.js';

/**
 * Path of one page, as it stands in an address: nothing that means something to the router, to a parser of URLs or to a policy in a
 * header, and none of the registry's own.
 */
export const pagePath: ValueType<string> = pattern(
  new RegExp(
    `^(?!/(?:${takenFolders})(?:/|$))(?!/oauth/(?:${takenPages})(?:/|$))(?=.{2,255}$)(?:/[A-Za-z0-9][A-Za-z0-9._~-]*)+$`,
  ),
  'a path such as /oauth/localapp that the registry does not use itself: words of letters, digits and -._~ between slashes, no slash at the end',
);
