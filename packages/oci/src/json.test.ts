import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownProperty, parseJsonObject } from './json.ts';

function parse(input: Uint8Array | string) {
  return parseJsonObject(input, 'manifest_invalid', 'The manifest');
}

const refused: readonly (readonly [title: string, input: Uint8Array | string, message: RegExp])[] = [
  ['nothing', '', /not valid JSON/],
  ['an array', '[]', /must be a JSON object/],
  ['null', 'null', /must be a JSON object/],
  ['text after the object', '{}x', /not valid JSON/],
  ['invalid UTF-8', Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d), /not valid UTF-8/],
  ['a byte order mark', Uint8Array.of(0xef, 0xbb, 0xbf, 0x7b, 0x7d), /not valid JSON/],
  ['4 MiB of brackets', '['.repeat(4 << 20), /nested too deeply/],
  ['4 MiB of objects in objects', '{"a":'.repeat(800_000), /nested too deeply/],
  ['very many small objects', `{"a":[${'{},'.repeat(1_000_000)}{}]}`, /too many parts/],
  ['101 levels', `{"a":${'['.repeat(100)}${']'.repeat(100)}}`, /nested too deeply/],
];

for (const [title, input, message] of refused) {
  test(`${title} is refused`, () => {
    assert.throws(() => parse(input), { reason: 'manifest_invalid', message });
  });
}

test('100 levels pass, and brackets inside strings do not count', () => {
  parse(`{"a":${'['.repeat(99)}${']'.repeat(99)}}`);
  const text = `\\"${'[{'.repeat(200_000)}\\\\`;
  assert.equal(parse(`{"a":"${text}","b":{}}`).b !== undefined, true);
});

test('an inherited name is no property, and a __proto__ key changes no prototype', () => {
  const object = parse('{"__proto__": {"layers": []}, "a": 1, "a": 2}');
  assert.equal(ownProperty(object, 'constructor'), undefined);
  assert.equal(ownProperty(object, 'layers'), undefined);
  assert.equal(ownProperty(object, 'a'), 2);
  assert.deepEqual(ownProperty(object, '__proto__'), { layers: [] });
});
