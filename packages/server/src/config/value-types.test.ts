import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  boolean,
  choice,
  decimal,
  duration,
  httpUrl,
  integer,
  listOf,
  optional,
  pattern,
  required,
  shape,
  size,
  text,
  textList,
  textOrList,
  type ValueType,
} from '#/config/value-types.ts';

const refused = Symbol('refused');
const connection = shape({ host: required(text), port: optional(integer(1, 65_535)) });

const cases: readonly (readonly [name: string, type: ValueType<unknown>, raw: unknown, parsed: unknown])[] = [
  ['boolean', boolean, true, true],
  ['boolean', boolean, 'true', refused],
  ['boolean', boolean, 1, refused],
  ['text', text, 'a', 'a'],
  ['text', text, 12, '12'],
  ['text', text, 2n ** 70n, '1180591620717411303424'],
  ['text', text, true, refused],
  ['pattern', pattern(/^a/, 'a text with a'), 'ab', 'ab'],
  ['pattern', pattern(/^a/, 'a text with a'), 'b', refused],
  ['integer', integer(1, 10), 10, 10],
  ['integer', integer(1, 10), '7', 7],
  ['integer', integer(1, 10), 11, refused],
  ['integer', integer(1, 10), 0, refused],
  ['integer', integer(1, 10), 1.5, refused],
  ['integer', integer(1, 10), 'seven', refused],
  ['integer', integer(), 2n ** 70n, refused],
  ['decimal', decimal(0, 1), 0.5, 0.5],
  ['decimal', decimal(0, 1), Number.NaN, refused],
  ['decimal', decimal(0), Number.POSITIVE_INFINITY, refused],
  ['choice', choice('a', 'b'), 'b', 'b'],
  ['choice', choice('a', 'b'), 'B', refused],
  ['duration', duration, '0s', 0],
  ['duration', duration, '30m', 1800],
  ['duration', duration, '2h', 7200],
  ['duration', duration, '1d', 86_400],
  ['duration', duration, '104w', 62_899_200],
  ['duration', duration, '2', refused],
  ['duration', duration, 60, refused],
  ['duration', duration, '1y', refused],
  ['duration', duration, '-1d', refused],
  ['duration', duration, '1d ', refused],
  ['size', size, '20G', 21_474_836_480],
  ['size', size, '500M', 524_288_000],
  ['size', size, '500', refused],
  ['size', size, '20g', refused],
  ['size', size, '1T', refused],
  ['httpUrl', httpUrl, 'https://a/b', 'https://a/b'],
  ['httpUrl', httpUrl, 'ftp://a', refused],
  ['httpUrl', httpUrl, 'http://', refused],
  ['list', listOf(duration), ['1s', '1m'], [1, 60]],
  ['list', listOf(duration), '1s', refused],
  ['list', listOf(duration), ['1s', 'x'], refused],
  ['textList', textList, ['a', ''], refused],
  ['textOrList', textOrList, '*', ['*']],
  ['textOrList', textOrList, ['a', 'b'], ['a', 'b']],
  ['shape', connection, { host: 'h', port: '6379', db: 1 }, { host: 'h', port: 6379, db: 1 }],
  ['shape', connection, { host: 'h', port: null, db: null }, { host: 'h' }],
  ['shape', connection, { port: 1 }, refused],
  ['shape', connection, { host: null }, refused],
  ['shape', connection, 'h', refused],
  ['shape', connection, ['h'], refused],
];

describe('value types', () => {
  for (const [name, type, raw, parsed] of cases) {
    const shown = JSON.stringify(raw, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
    test(`${name} ${parsed === refused ? 'refuses' : 'takes'} ${shown}`, () => {
      const result = type.schema.safeParse(raw);
      if (parsed === refused) {
        assert.equal(result.success, false);
        for (const issue of result.error?.issues ?? [])
          assert.doesNotMatch(issue.message, /invalid|received/i);
      } else assert.deepEqual(result.data, parsed);
    });
  }
});
