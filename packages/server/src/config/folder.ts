import { pattern } from '#/config/value-types.ts';

/** A folder in a store, with or without slashes at its ends. */
export const folder = pattern(
  /^\/?[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\/?$/,
  'a folder such as archives/logs',
);
