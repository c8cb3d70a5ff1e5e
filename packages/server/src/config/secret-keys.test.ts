import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { deriveSecretKey, secretKeyBytes } from '#/config/secret-keys.ts';

function repeated(hex: string): string {
  return hex.repeat(32).slice(0, 64);
}

describe('secretKeyBytes', () => {
  const cases: readonly (readonly [what: string, value: string, hex: string | undefined])[] = [
    ['a number of 256 bits', (2n ** 256n - 1n).toString(), 'ff'.repeat(32)],
    ['a longer number is cut', (0xabn << 256n).toString(), `ab${'00'.repeat(31)}`],
    ['a short number is repeated', String(0x0102 + 0xa000), repeated('a102')],
    ['zero', '0', '00'.repeat(32)],
    ['a number below 16 is one byte', '7', repeated('07')],
    [
      'a number with an odd count of hex digits counts as text',
      String(0x123),
      repeated(Buffer.from('291').toString('hex')),
    ],
    ['blanks around a number', ' 43777\n', repeated('ab01')],
    ['a UUID', '01234567-89AB-cdef-0123-456789abcdef', repeated('0123456789abcdef0123456789abcdef')],
    [
      'a UUID without hyphens',
      '0123456789abcdef0123456789abcdef',
      repeated('0123456789abcdef0123456789abcdef'),
    ],
    [
      'a UUID in braces',
      '{01234567-89ab-cdef-0123-456789abcdef}',
      repeated('0123456789abcdef0123456789abcdef'),
    ],
    ['a text', 'abc', repeated('616263')],
    ['a long text is cut', 'x'.repeat(40), '78'.repeat(32)],
    ['Latin characters are single bytes', 'é', 'e9'.repeat(32)],
    ['a negative number counts as text', '-1', repeated('2d31')],
    ['an empty text', '', undefined],
    ['characters above U+00FF', 'schlüssel€', undefined],
  ];
  for (const [what, value, hex] of cases) {
    test(what, () => assert.equal(secretKeyBytes(value)?.toString('hex'), hex));
  }
});

test('derived keys differ by purpose and key, and are stable', () => {
  const key = Buffer.alloc(32, 1);
  const derived = deriveSecretKey(key, 'a');
  assert.equal(derived.length, 32);
  assert.deepEqual(derived, deriveSecretKey(Buffer.alloc(32, 1), 'a'));
  assert.notDeepEqual(derived, deriveSecretKey(key, 'b'));
  assert.notDeepEqual(derived, deriveSecretKey(Buffer.alloc(32, 2), 'a'));
  assert.notDeepEqual(derived, key);
});
