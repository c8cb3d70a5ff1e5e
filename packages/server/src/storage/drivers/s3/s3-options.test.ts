import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { resolveEndpoint } from './s3-options.ts';

const cases: [string, Partial<Parameters<typeof resolveEndpoint>[0]>, ReturnType<typeof resolveEndpoint>][] =
  [
    ['nothing: AWS', {}, { region: 'us-east-1' }],
    ['a region', { region: 'eu-west-1' }, { region: 'eu-west-1' }],
    ['the general host of AWS', { host: 's3.amazonaws.com' }, { region: 'us-east-1' }],
    ['a regional host of AWS', { host: 's3.us-west-2.amazonaws.com' }, { region: 'us-west-2' }],
    ['an old regional host of AWS', { host: 's3-eu-central-1.amazonaws.com' }, { region: 'eu-central-1' }],
    [
      'a dual-stack host of AWS',
      { host: 's3.dualstack.us-gov-west-1.amazonaws.com' },
      { region: 'us-gov-west-1' },
    ],
    ['a host of AWS in China', { host: 's3.cn-north-1.amazonaws.com.cn' }, { region: 'cn-north-1' }],
    [
      'a region wins over a host of AWS',
      { host: 's3.us-west-2.amazonaws.com', region: 'eu-west-1' },
      { region: 'eu-west-1' },
    ],
    [
      'another host',
      { host: 'minio.example' },
      { region: 'us-east-1', endpointUrl: 'https://minio.example' },
    ],
    [
      'another host with a name that only looks like AWS',
      { host: 'amazonaws.com.example' },
      { region: 'us-east-1', endpointUrl: 'https://amazonaws.com.example' },
    ],
    [
      'another host with a port, a region and no TLS',
      { host: 'minio.example', port: 9000, isSecure: false, region: 'x' },
      { region: 'x', endpointUrl: 'http://minio.example:9000' },
    ],
    [
      'an IPv6 address',
      { host: '::1', port: 9000, isSecure: false },
      { region: 'us-east-1', endpointUrl: 'http://[::1]:9000' },
    ],
    [
      'a URL wins over all',
      { endpointUrl: 'https://store.example:8443', host: 's3.us-west-2.amazonaws.com', port: 1 },
      { region: 'us-east-1', endpointUrl: 'https://store.example:8443' },
    ],
  ];

describe('resolveEndpoint', () => {
  for (const [name, given, expected] of cases) {
    test(name, () => assert.deepEqual(resolveEndpoint({ isSecure: true, ...given }), expected));
  }
});
