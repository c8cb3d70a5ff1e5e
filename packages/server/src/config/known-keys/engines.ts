import { boolean } from '#/config/value-types.ts';
import { type KnownKeyGroup, known } from './known-key.ts';

export const engineKeys: KnownKeyGroup = {
  title: 'Sign-in engines',
  keys: [
    known(
      'FEATURE_FIPS',
      boolean,
      false,
      '3.5',
      'Only algorithms that FIPS approves: a matter of the OpenSSL that Node.js is built with.',
    ),
  ],
};
