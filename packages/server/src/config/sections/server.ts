import { isIP } from 'node:net';
import { key, section } from '#/config/key.ts';
import {
  boolean,
  choice,
  integer,
  pattern,
  size,
  textList,
  textOrList,
  type ValueType,
} from '#/config/value-types.ts';

const hostWithPort = pattern(
  /^(?:[a-zA-Z0-9_](?:[a-zA-Z0-9._-]{0,253})|\[[0-9a-fA-F:.]{2,45}\])(?::[0-9]{1,5})?$/,
  'a host name with an optional :port, without http:// and without a path',
);

/** Addresses and networks, one or several; commas separate them too. */
const networkList: ValueType<string[]> = {
  schema: textOrList.schema
    .transform((items) => items.flatMap((item) => item.split(/[,\s]+/)).filter((item) => item !== ''))
    .refine((items) => items.every(isNetwork), {
      error: 'addresses or networks such as 10.0.0.0/8 or 2001:db8::/32',
    }),
  label: textOrList.label,
};

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^[0-9]{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

export const serverSection = section('Server and proxies', {
  serverHostname: key('SERVER_HOSTNAME', hostWithPort, {
    defaultText: 'the Host of each request',
    since: '2.9',
    summary:
      'Public host, with a port if it is not the usual one. Part of every generated URL and of the token realm.',
  }),
  preferredUrlScheme: key('PREFERRED_URL_SCHEME', choice('http', 'https'), {
    default: 'http',
    since: '2.9',
    summary:
      'Scheme of generated URLs; `https` also makes session cookies secure. With `ssl.key` in the directory, or `EXTERNAL_TLS_TERMINATION`, it is `https` in any case.',
  }),
  externalTlsTermination: key('EXTERNAL_TLS_TERMINATION', boolean, {
    default: false,
    since: '2.9',
    summary: 'TLS ends at a proxy in front: none here, even with `ssl.key`, and URLs are `https`.',
  }),
  proxyCount: key('PROXY_COUNT', integer(0, 16), {
    default: 1,
    since: '2.9 (not in its guide)',
    summary:
      'How many proxies append to `X-Forwarded-For`; 0 ignores the header. Without `TRUSTED_PROXY_CIDR` it counts on plain connections only.',
  }),
  trustedProxies: key('TRUSTED_PROXY_CIDR', networkList, {
    default: [],
    since: '3.7',
    summary:
      'Addresses and networks of the proxies in front: only these are believed, also their `X-Forwarded-Proto` and `X-Forwarded-Host`.',
  }),
  maximumLayerSizeBytes: key('MAXIMUM_LAYER_SIZE', size, {
    default: '20G',
    since: '2.9',
    summary: 'Largest blob that is accepted.',
  }),
  corsOrigin: key('CORS_ORIGIN', textOrList, {
    default: ['*'],
    since: '3.8',
    summary: 'Origins whose pages may call the API.',
  }),
  registryState: key('REGISTRY_STATE', choice('normal', 'readonly'), {
    default: 'normal',
    since: '3.2',
    summary: '`readonly` refuses every write and stops the workers; pulls go on.',
  }),
  setupComplete: key('SETUP_COMPLETE', boolean, {
    default: true,
    since: '2.9 (not in its guide)',
    summary: 'Written by set-up tools. Wharf starts with either value.',
  }),
  testing: key('TESTING', boolean, {
    default: false,
    since: '2.9 (not in its guide)',
    summary: 'Reported as `is_testing` by the health endpoints; changes nothing else.',
  }),
  featureRateLimits: key('FEATURE_RATE_LIMITS', boolean, {
    default: false,
    since: '3.2',
    summary: 'Clients that ask too often are answered 429.',
  }),
  nonRateLimitedNamespaces: key('NON_RATE_LIMITED_NAMESPACES', textList, {
    default: [],
    since: '3.2',
    summary: 'Namespaces whose repositories are exempt from that.',
  }),
});
