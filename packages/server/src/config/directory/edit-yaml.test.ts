import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editYaml, withKeysOf, withoutKeys } from '#/config/directory/edit-yaml.ts';
import { parseYaml } from '#/config/parse-yaml.ts';

const source = `# Ours.
DB_URI: postgresql://u:secret@db/quay  # the only one
SECRET_KEY: 57896044618658097711785492504343953926634992332820282019728792003956564819968
REGISTRY_TITLE: 'Ours'   # quoted
lower_case: kept
FEATURE_MAILING: yes
# How mail leaves.
MAIL_PORT: 0755
DISTRIBUTED_STORAGE_CONFIG:
  # The disk.
  default: [LocalStorage, {storage_path: /data}]
`;
const { values } = parseYaml(source, 'config.yaml');

test('what stays equal keeps notation, order and comments', () => {
  const edited = editYaml(source, { ...values, REGISTRY_TITLE: 'yes', SUPER_USERS: ['on', '0755'] });
  const expected = source.replace("'Ours'   #", '"yes" #').replace('quay  #', 'quay #');
  assert.equal(edited, `${expected}SUPER_USERS:\n  - "on"\n  - "0755"\n`);
});

test('keys of a mapping are changed one by one', () => {
  const text = 'A:\n  # first\n  one: 1\n  two: 2 # second\n';
  assert.equal(
    editYaml(text, { A: { one: 1, two: 'x', three: { four: true } } }),
    'A:\n  # first\n  one: 1\n  two: "x" # second\n  three:\n    four: true\n',
  );
});

test('keys of a node are taken out and put in', () => {
  const names = new Set(['DB_URI', 'SECRET_KEY']);
  const shared = withoutKeys(source, names);
  assert.doesNotMatch(shared, /secret|5789/);
  assert.match(shared, /^# Ours\./);
  assert.match(shared, /# How mail leaves/);
  const other = withKeysOf(shared, 'DB_URI: mysql://x\nREGISTRY_TITLE: not this\n', names);
  assert.deepEqual(parseYaml(other, '').values, {
    ...Object.fromEntries(Object.entries(values).filter(([name]) => name !== 'SECRET_KEY')),
    DB_URI: 'mysql://x',
  });
  assert.deepEqual(withoutKeys(other, names), shared);
});

const hard: readonly (readonly [string, string])[] = [
  ['anchors', 'A: &a {x: 1}\nB: *a\n'],
  ['keys set twice', 'A: 1\nA: 2\n'],
  ['merged keys', 'BASE: &b {x: 1}\nA:\n  <<: *b\n  y: 2\n'],
  ['nothing', ''],
  ['only a comment', '# nothing yet\n'],
];
for (const [title, text] of hard) {
  test(`${title}: the values count, whatever the text looks like then`, () => {
    const next = { A: { x: 'changed', y: [null, 1.5, 12345678901234567890n] }, C: '' };
    assert.deepEqual(parseYaml(editYaml(text, next), '').values, next);
  });
}
