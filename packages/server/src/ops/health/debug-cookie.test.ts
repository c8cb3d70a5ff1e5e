import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { debugCookie, hasDebugCookie } from './debug-cookie.ts';

const key = Buffer.alloc(32, 1);
const nowMs = Date.UTC(2026, 0, 1);
const hourMs = 3600_000;

describe('the cookie of a debug session', () => {
  const set = debugCookie(key, { nowMs, secure: true });
  const pair = set.slice(0, set.indexOf(';'));
  const value = pair.slice(pair.indexOf('=') + 1);
  const [expires = '', signature = ''] = value.split('.');
  const named = (text: string): string => pair.replace(value, text);

  test('is for this server and no script, and under TLS only where there is TLS', () => {
    assert.match(set, /; Path=\/; HttpOnly; SameSite=Strict; Secure$/);
    assert.match(debugCookie(key, { nowMs, secure: false }), /; SameSite=Strict$/);
  });

  const cases: [string, string | undefined, boolean, { key?: Buffer; afterMs?: number }?][] = [
    ['itself', pair, true],
    ['between others', `a=b; ${pair}; c=d`, true],
    ['after a forged one', `${named(`${expires}.AAAA`)}; ${pair}`, true],
    ['shortly before its end', pair, true, { afterMs: 8 * hourMs - 1 }],
    ['at its end', pair, false, { afterMs: 8 * hourMs }],
    ['another key', pair, false, { key: Buffer.alloc(32, 2) }],
    ['no header', undefined, false],
    ['an empty value', named(''), false],
    ['no signature', named(`${expires}.`), false],
    ['a later end', named(`${Number(expires) + 1}.${signature}`), false],
    ['no number', named(`Infinity.${signature}`), false],
    ['another name', `x${pair}`, false],
  ];
  for (const [what, header, expected, more = {}] of cases) {
    test(`${what}: ${expected}`, () => {
      assert.equal(hasDebugCookie(more.key ?? key, header, nowMs + (more.afterMs ?? 0)), expected);
    });
  }
});
