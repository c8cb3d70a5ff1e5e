import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formTargetOf, isRegisteredRedirectUri } from '#/login/oauth/redirect-uri.ts';

const registered = 'https://app.example.com/callback';

const rows: readonly (readonly [boolean, string, string])[] = [
  [true, registered, registered],
  [true, `${registered}/more`, registered],
  [true, `${registered}?a=1&b=2`, registered],
  [true, 'https://app.example.com/', 'https://app.example.com/'],
  [true, 'https://app.example.com/any/path', 'https://app.example.com/'],
  [true, 'https://app.example.com/any/path', 'https://app.example.com'],
  [true, 'http://127.0.0.1:8000/cb', 'http://127.0.0.1:8000/cb'],
  [true, 'com.example.app:/callback', 'com.example.app:/callback'],
  [true, `${registered}?a=%20`, `${registered}?a=%20`],
  // Another scheme, host, port or user.
  [false, 'http://app.example.com/callback', registered],
  [false, 'https://app.example.com:444/callback', registered],
  [false, 'https://app.example.com:443/callback', registered],
  [false, 'https://evil.example.com/callback', registered],
  [false, 'https://app.example.com.evil.org/callback', registered],
  [false, 'https://sub.app.example.com/callback', registered],
  [false, 'https://app.example.com.evil.org', 'https://app.example.com'],
  [false, 'https://app.example.com@evil.org', 'https://app.example.com'],
  [false, 'https://app.example.com:pw@evil.org/', 'https://app.example.com'],
  [false, 'https://app.example.com:8443/', 'https://app.example.com'],
  [false, 'https://user@app.example.com/callback', registered],
  [false, 'https://@app.example.com/callback', registered],
  [false, 'https://HOST@app.example.com/callback', registered],
  [false, 'HTTPS://app.example.com/callback', registered],
  [false, 'https://APP.example.com/callback', registered],
  [false, 'https://аpp.example.com/callback', registered],
  // Another path.
  [false, 'https://app.example.com/', registered],
  [false, `${registered}-of-somebody-else`, registered],
  [false, 'https://app.example.com/Callback', registered],
  [false, `${registered}/../evil`, registered],
  [false, `${registered}/..`, registered],
  [false, `${registered}/%2e%2e/evil`, registered],
  [false, `${registered}/%252e%252e/evil`, registered],
  [false, `${registered}%2f..%2fevil`, registered],
  [false, `${registered}/..;/evil`, registered],
  [false, `${registered}\\..\\evil`, registered],
  [false, `${registered}/x\\@evil.org`, registered],
  [false, `${registered}//evil.org`, registered],
  [false, `${registered}/@evil.org`, registered],
  [false, `${registered}?next=%2F%2Fevil.org`, registered],
  [false, `${registered}?next=//evil.org`, registered],
  [false, `${registered}#fragment`, registered],
  [false, `${registered}#`, registered],
  [false, ` ${registered}`, registered],
  [false, `${registered}\t/more`, registered],
  [false, `${registered}\r\nset-cookie: a=b`, registered],
  [false, `${registered}?a=%20&b=1`, `${registered}?a=%20`],
  // What no registration makes good.
  [false, 'javascript:alert(1)', 'javascript:alert(1)'],
  [false, 'javascript://app.example.com/%0aalert(1)', 'javascript://app.example.com/%0aalert(1)'],
  [false, 'data:text/html,x', 'data:text/html,x'],
  [false, 'https:app.example.com/callback', 'https:app.example.com/callback'],
  [false, 'https:///app.example.com/callback', 'https:///app.example.com/callback'],
  [false, 'https://user:pw@app.example.com/', 'https://user:pw@app.example.com/'],
  [false, '/callback', '/callback'],
  [false, 'https://app.example.com/', ''],
  [false, '', ''],
  [false, `https://app.example.com/${'a'.repeat(2000)}`, 'https://app.example.com/'],
];

for (const [expected, uri, base] of rows) {
  test(`${JSON.stringify(uri.slice(0, 80))} is ${expected ? '' : 'not '}covered by ${JSON.stringify(base)}`, () => {
    assert.equal(isRegisteredRedirectUri(uri, base), expected);
  });
}

test('the place of a redirect URI as a policy names it', () => {
  assert.deepEqual(
    [registered, 'http://127.0.0.1:8000/cb', 'http://[::1]:8000/cb', 'com.example.app:/cb'].map(formTargetOf),
    ['https://app.example.com', 'http://127.0.0.1:8000', 'http:', 'com.example.app:'],
  );
});
