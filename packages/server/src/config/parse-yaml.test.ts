import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseYaml } from '#/config/parse-yaml.ts';

describe('parseYaml reads plain scalars as Quay does', () => {
  const cases: readonly (readonly [written: string, value: unknown])[] = [
    ['true', true],
    ['yes', true],
    ['On', true],
    ['no', false],
    ['OFF', false],
    ['y', 'y'],
    ['n', 'n'],
    ["'yes'", 'yes'],
    ['', null],
    ['~', null],
    ['null', null],
    ['0', 0],
    ['5432', 5432],
    ['0755', 493],
    ['0o755', '0o755'],
    ['0x1F', 31],
    ['0b11', 3],
    ['1_000', 1000],
    ['-7', -7],
    ['08', '08'],
    ['1:30', 90],
    ['22:22:22', 80542],
    ['127.0.0.1:8080', '127.0.0.1:8080'],
    ['0.5', 0.5],
    ['1e5', '1e5'],
    ['12345e678', '12345e678'],
    ['1.5e+3', 1500],
    ['.inf', Number.POSITIVE_INFINITY],
    ['2018-10-01', '2018-10-01'],
    ['9007199254740993', 9007199254740993n],
    [
      '115792089237316195423570985008687907853269984665640564039457584007913129639935',
      115792089237316195423570985008687907853269984665640564039457584007913129639935n,
    ],
    ['{a: [1, {b: c}]}', { a: [1, { b: 'c' }] }],
  ];
  for (const [written, value] of cases) {
    test(`KEY: ${written}`, () => {
      const { values, problems } = parseYaml(`KEY: ${written}\n`, 'config.yaml');
      assert.deepEqual(values, { KEY: value });
      assert.deepEqual(
        problems.filter(({ severity }) => severity === 'error'),
        [],
      );
    });
  }
});

describe('parseYaml warns about numbers in notations that surprise', () => {
  for (const written of ['0755', '0x1F', '1:30', '1_000']) {
    test(written, () => {
      const { problems } = parseYaml(`A: 1\nB: {inner: ${written}}\n`, 'config.yaml');
      assert.deepEqual(
        problems.map(({ severity, key }) => [severity, key]),
        [['warning', 'inner']],
      );
      assert.match(problems[0]?.message ?? '', /line 2/);
    });
  }
  for (const written of ['0', '-5', '0.5', "'0755'", '10']) {
    test(`${written} is fine`, () =>
      assert.deepEqual(parseYaml(`A: ${written}`, 'config.yaml').problems, []));
  }
});

describe('parseYaml accepts a file without keys', () => {
  for (const source of ['', '\n\n', '# only a comment\n', '---\n', 'null', '{}']) {
    test(JSON.stringify(source), () => {
      assert.deepEqual(parseYaml(source, 'config.yaml'), { values: {}, problems: [] });
    });
  }
});

describe('parseYaml refuses', () => {
  const cases: readonly (readonly [what: string, source: string])[] = [
    ['a bare text', 'hunter2'],
    ['a list', '- hunter2\n- b\n'],
    ['a number', '17'],
    ['wrong indentation', 'A:\n  b: hunter2\n c: 1\n'],
    ['an open quote', 'A: "hunter2\n'],
    ['an unknown tag', 'A: !!python/object:os.system hunter2\n'],
    ['an unknown alias', 'A: *hunter2\n'],
    ['two documents', 'A: 1\n---\nB: hunter2\n'],
    [
      'aliases that multiply',
      `${'abcdefghi'
        .split('')
        .map(
          (name, i, all) =>
            `${name}: &${name} [${
              i === 0
                ? '1'
                : Array(9)
                    .fill(`*${all[i - 1]}`)
                    .join(',')
            }]`,
        )
        .join('\n')}\n`,
    ],
  ];
  for (const [what, source] of cases) {
    test(what, () => {
      const { values, problems } = parseYaml(source, 'config.yaml');
      assert.deepEqual(values, {});
      const errors = problems.filter(({ severity }) => severity === 'error');
      assert.ok(errors.length > 0);
      assert.ok(!JSON.stringify(errors).includes('hunter2'), 'an error must not repeat the file');
    });
  }
});

test('parseYaml says where the fault is', () => {
  const { problems } = parseYaml('A: 1\nB: [1\n', 'config.yaml');
  assert.match(problems[0]?.message ?? '', /line [23], column \d+/);
});

test('parseYaml lets the last of two equal keys win and warns', () => {
  const { values, problems } = parseYaml('A: 1\nB: 2\nA: 3\n', 'config.yaml');
  assert.deepEqual(values, { A: 3, B: 2 });
  assert.deepEqual(
    problems.map(({ severity, key, message }) => [severity, key, message]),
    [['warning', 'A', 'is set twice; line 3 counts']],
  );
});

test('parseYaml follows merge keys', () => {
  const { values } = parseYaml('A: &a {host: x, port: 1}\nB: {<<: *a, port: 2}\n', 'config.yaml');
  assert.deepEqual(values, { A: { host: 'x', port: 1 }, B: { host: 'x', port: 2 } });
});

test('parseYaml keeps a key named __proto__ out of prototypes', () => {
  const { values } = parseYaml('__proto__: {polluted: true}\n', 'config.yaml');
  assert.equal(Reflect.get({}, 'polluted'), undefined);
  assert.equal(Reflect.get(values, 'polluted'), undefined);
});
