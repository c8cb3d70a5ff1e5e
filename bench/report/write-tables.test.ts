import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replaceTables } from '#/report/write-tables.ts';

const begin = '<!-- tables: begin (npm run bench -- --write) -->';
const end = '<!-- tables: end -->';

test('only what stands between the markers is replaced', () => {
  const text = `before\n${begin}\nold\n${end}\nafter\n`;
  const once = replaceTables(text, 'new\n');
  assert.equal(once, `before\n${begin}\n\nnew\n\n${end}\nafter\n`);
  assert.equal(replaceTables(once, 'new'), once);
});

for (const text of ['nothing', begin, `${end}\n${begin}`]) {
  test(`a document without both markers in order is refused: ${JSON.stringify(text)}`, () => {
    assert.throws(() => replaceTables(text, 'new'), /no lines/);
  });
}
