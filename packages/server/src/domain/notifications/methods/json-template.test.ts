// biome-ignore-all lint/suspicious/noTemplateCurlyInString: templates of webhooks look like this
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJsonTemplate } from '#/domain/notifications/methods/json-template.ts';

const data = {
  repository: 'acme/app',
  count: 3,
  updated_tags: ['v1', 'latest'],
  nested: { list: [{ id: 'first' }], flag: false, nothing: null },
  'with-dash': 1,
};

const templates: readonly (readonly [string, string, unknown])[] = [
  ['no expression', '{"a":[1,true,null,"x"]}', { a: [1, true, null, 'x'] }],
  [
    'a value as it is',
    '{"n":"${count}","tags":"${updated_tags}","f":"${nested.flag}"}',
    { n: 3, tags: ['v1', 'latest'], f: false },
  ],
  ['inside a text', '"${repository} has ${count}: ${updated_tags}"', 'acme/app has 3: ["v1","latest"]'],
  ['null is a value', '{"n":"${nested.nothing}"}', { n: null }],
  [
    'places of lists',
    '["${updated_tags[1]}","${nested.list[0].id}","${updated_tags[*]}"]',
    ['latest', 'first', 'v1'],
  ],
  ['with spaces and a root', '["${ count }","${$.with-dash}"]', [3, 1]],
  ['keys', '{"${repository}-x":1}', { 'acme/app-x': 1 }],
  [
    'what is missing',
    '["${other}","${nested.list[9]}","see ${other.deep}","${count.x}"]',
    ['(none)', '(none)', 'see (none)', '(none)'],
  ],
  [
    'no properties of JavaScript',
    '["${constructor}","${nested.__proto__}","${repository.length}"]',
    ['(none)', '(none)', '(none)'],
  ],
];

for (const [name, template, expected] of templates) {
  test(`fills ${name}`, () => {
    assert.deepEqual(JSON.parse(parseJsonTemplate(template).fill(data)), expected);
  });
}

test('values from outside cannot leave their text', () => {
  const filled = parseJsonTemplate('{"a":"x ${repository}"}').fill({ repository: '","b":"${count}' });
  assert.deepEqual(JSON.parse(filled), { a: 'x ","b":"${count}' });
});

const refused: readonly (readonly [string, string])[] = [
  ['no JSON', '{"a":'],
  ['an unknown expression', '{"a":"${a b}"}'],
  ['an empty one', '"${}"'],
  ['one in a key', '{"${a..b}":1}'],
  ['deep nesting', `${'['.repeat(50)}${']'.repeat(50)}`],
  ['length', `"${'x'.repeat(16 * 1024)}"`],
];

for (const [name, template] of refused) {
  test(`refuses ${name}`, () => {
    assert.throws(() => parseJsonTemplate(template), { code: 'invalid_request' });
  });
}
