import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskUrl } from './request-facts.ts';

for (const [url, shown] of [
  ['/v2/acme/app/manifests/v1', '/v2/acme/app/manifests/v1'],
  ['/v2/auth?service=a&scope=repository:b:pull', '/v2/auth?service=a&scope=repository%3Ab%3Apull'],
  ['/oauth/authorize?client_id=c&state=s&code=secret', '/oauth/authorize?client_id=***&state=***&code=***'],
  ['/confirm?code=secret&x', '/confirm?code=***&x=***'],
  ['/a?CODE=secret&access%5Ftoken=secret#token=secret', '/a?CODE=***&access_token=***'],
  ['/api/v1/teaminvite/urn:teaminvite:secret', '/api/v1/teaminvite/***'],
  ['/api/v1/teaminvite/URN%3ateaminvite%3Asecret?a=%zz', '/api/v1/teaminvite/***?a=***'],
] as const) {
  test(`of ${url} the log shows ${shown}`, () => assert.equal(maskUrl(url), shown));
}
