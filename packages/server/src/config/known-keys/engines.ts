import { boolean, text } from '#/config/value-types.ts';
import { type KnownKeyGroup, known, unlisted } from './known-key.ts';

export const engineKeys: KnownKeyGroup = {
  title: 'Sign-in engines',
  keys: [
    known('INTERNAL_OIDC_SERVICE_ID', text, undefined, unlisted, 'Provider behind the OIDC engine of 2.6.'),
    known(
      'FEATURE_FIPS',
      boolean,
      false,
      '3.5',
      'Only algorithms that FIPS approves: a matter of the OpenSSL that Node.js is built with.',
    ),
  ],
};
