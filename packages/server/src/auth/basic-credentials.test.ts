import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBasicCredentials } from './basic-credentials.ts';

const basic = (text: string | Buffer, scheme = 'Basic'): string =>
  `${scheme} ${Buffer.from(text).toString('base64')}`;

const accepted: readonly (readonly [string, string, string, string])[] = [
  ['plain', basic('alice:secret'), 'alice', 'secret'],
  ['scheme in any case', basic('alice:secret', 'bAsIc'), 'alice', 'secret'],
  ['first colon splits', basic('alice:a:b'), 'alice', 'a:b'],
  ['empty password', basic('alice:'), 'alice', ''],
  ['UTF-8', basic('älice:pässwörd'), 'älice', 'pässwörd'],
  ['a user name of 255 characters', basic(`${'a'.repeat(255)}:secret`), 'a'.repeat(255), 'secret'],
  ['robot', basic('acme+ci:TOKEN'), 'acme+ci', 'TOKEN'],
  ['unpadded base64', basic('alice:secret').replace(/=+$/, ''), 'alice', 'secret'],
  ['several blanks', basic('alice:secret').replace(' ', '   '), 'alice', 'secret'],
];
for (const [title, header, username, password] of accepted) {
  test(`basic credentials: ${title}`, () => {
    assert.deepEqual(parseBasicCredentials(header), { username, password });
  });
}

const refused: readonly (readonly [string, string])[] = [
  ['another scheme', 'Bearer abc'],
  ['no value', 'Basic'],
  ['not base64', 'Basic a!b'],
  ['two values', `${basic('alice:secret')} x`],
  ['no colon', basic('alice')],
  ['a user name of 256 characters', basic(`${'a'.repeat(256)}:secret`)],
  ['no user name', basic(':secret')],
  ['broken UTF-8', basic(Buffer.from([0x61, 0x3a, 0xc3, 0x28]))],
  ['overlong UTF-8', basic(Buffer.from([0x61, 0x3a, 0xc0, 0x80]))],
  ['NUL', basic('alice:se\u0000cret')],
  ['line break', basic('ali\nce:secret')],
];
for (const [title, header] of refused) {
  test(`basic credentials refused: ${title}`, () => {
    assert.equal(parseBasicCredentials(header), undefined);
  });
}
