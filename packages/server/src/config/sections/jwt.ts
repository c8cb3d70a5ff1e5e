import { key, section } from '#/config/key.ts';
import { integer, optionalHttpUrl, text } from '#/config/value-types.ts';

const unlisted = '2.9 (not in its guide)';

export const jwtSection = section('JWT', {
  issuer: key('JWT_AUTH_ISSUER', text, {
    default: '',
    since: unlisted,
    summary: 'Issuer that the tokens of the service must name.',
  }),
  verifyEndpoint: key('JWT_VERIFY_ENDPOINT', optionalHttpUrl, {
    default: '',
    since: unlisted,
    summary:
      'Where passwords are checked, by basic authentication. The answer is signed with the key in `jwt-authn.cert`.',
  }),
  queryEndpoint: key('JWT_QUERY_ENDPOINT', optionalHttpUrl, {
    default: '',
    since: unlisted,
    summary: 'Where users are sought.',
  }),
  getUserEndpoint: key('JWT_GETUSER_ENDPOINT', optionalHttpUrl, {
    default: '',
    since: unlisted,
    summary: 'Where one user is looked up.',
  }),
  maximumFreshSeconds: key('JWT_AUTH_MAX_FRESH_S', integer(1), {
    default: 300,
    since: unlisted,
    summary: 'Longest accepted life of a token, in seconds.',
  }),
});
