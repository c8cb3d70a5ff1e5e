import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { test } from 'node:test';

/*
 * The import list of docs/architecture.md as a test: imports go down this list only, and entries of one line never import each
 * other. It reads the specifiers themselves, so nothing can hide behind a tool's configuration.
 */

const sourceRoot = resolve(import.meta.dirname, '../src');

const layers: readonly (readonly string[])[] = [
  ['main', 'cli', 'compose'],
  ['config'],
  ['registry', 'api', 'login', 'ops', 'workers'],
  ['http'],
  ['auth'],
  ['domain'],
  ['storage', 'db'],
  ['platform'],
];

/** Nouns of the domain: a noun imports only nouns before it, and only through their index. */
const nouns: readonly string[] = [
  'logs',
  'configuration',
  'namespaces',
  'permissions',
  'tokens',
  'background',
  'user-notifications',
  'service-keys',
  'sign-in',
  'team-sync',
  'messages',
  'log-export',
  'repositories',
  'notifications',
  'blobs',
  'uploads',
  'manifests',
  'tags',
  'search',
  'gc',
];

/** Names that say nothing; a file is called after what it does. */
const emptyNames = /(^|[-.])(utils?|helpers?|common|misc|manager|base|impl|data)([-.]|$)/;

interface SourceFile {
  /** Path under src/, such as `domain/tags/delete-tag.ts`. */
  readonly path: string;
  readonly text: string;
  readonly specifiers: readonly string[];
}

const specifierPattern =
  /(?:^|[^.\w])(?:import|export)\s*(?:[^'"();]*?\sfrom\s*)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;

const files: readonly SourceFile[] = globSync('**/*.ts', { cwd: sourceRoot }).map((path) => {
  const text = readFileSync(resolve(sourceRoot, path), 'utf8');
  const specifiers = [...text.matchAll(specifierPattern)].map((match) => match[1] ?? match[2] ?? '');
  return { path, text, specifiers };
});

const production = files.filter(
  (file) => !file.path.endsWith('.test.ts') && !file.path.startsWith('testing/'),
);

function partOf(path: string): string {
  return path.split('/')[0]?.replace(/\.ts$/, '') ?? '';
}

function layerOf(part: string): number {
  return layers.findIndex((layer) => layer.includes(part));
}

/** Path under src/ of an internal import, or undefined for a package. */
function resolveSpecifier(file: SourceFile, specifier: string): string | undefined {
  if (specifier.startsWith('#/')) return specifier.slice(2);
  if (specifier.startsWith('./')) return resolve('/', file.path, '..', specifier).slice(1);
  return undefined;
}

function expectNone(violations: readonly string[]): void {
  assert.deepEqual(violations, []);
}

test('the files of every layer were seen', () => {
  const seen = new Set(production.map((file) => partOf(file.path)));
  for (const part of [
    'registry',
    'http',
    'auth',
    'domain',
    'storage',
    'db',
    'platform',
    'config',
    'workers',
  ]) {
    assert.ok(seen.has(part), part);
  }
  assert.ok(production.length > 100);
  assert.ok(production.reduce((sum, file) => sum + file.specifiers.length, 0) > 300);
});

test('every file belongs to a layer', () => {
  expectNone(production.map((file) => partOf(file.path)).filter((part) => layerOf(part) === -1));
});

test('imports go down the list only', () => {
  const violations: string[] = [];
  for (const file of production) {
    const from = partOf(file.path);
    for (const specifier of file.specifiers) {
      const target = resolveSpecifier(file, specifier);
      if (target === undefined) continue;
      const to = partOf(target);
      const down = to === from || layerOf(to) > layerOf(from) || (layerOf(to) === 0 && layerOf(from) === 0);
      if (!down || target.startsWith('testing/')) violations.push(`${file.path} imports ${specifier}`);
    }
  }
  expectNone(violations);
});

test('a noun of the domain imports earlier nouns only, through their index', () => {
  const violations: string[] = [];
  for (const file of production) {
    const parts = file.path.split('/');
    const from = parts[0] === 'domain' && parts.length > 2 ? parts[1] : undefined;
    for (const specifier of file.specifiers) {
      const target = resolveSpecifier(file, specifier)?.split('/');
      if (target?.[0] !== 'domain' || target.length < 3 || target[1] === from) continue;
      if (target[1] === 'permissions' && target[2] === 'principal.ts') continue;
      if (target[2] !== 'index.ts') violations.push(`${file.path} imports ${specifier} past the index`);
      if (from !== undefined && nouns.indexOf(target[1] ?? '') >= nouns.indexOf(from)) {
        violations.push(`${file.path} imports the later noun ${target[1]}`);
      }
    }
  }
  expectNone(violations);
  const unknown = production
    .map((file) => file.path.split('/'))
    .filter((parts) => parts[0] === 'domain' && parts.length > 2 && !nouns.includes(parts[1] ?? ''));
  expectNone(unknown.map((parts) => parts.join('/')));
});

test('SQL lives in queries and in db only', () => {
  expectNone(
    production
      .filter((file) => file.specifiers.includes('kysely'))
      .filter((file) => !/^db\//.test(file.path) && !/\/queries(\.ts|\/.*\.ts|-[a-z-]+\.ts)$/.test(file.path))
      .map((file) => file.path),
  );
});

test('a table is written by one noun only', () => {
  const writers = new Map<string, Set<string>>();
  const write = /(?:insertInto|updateTable|deleteFrom|insertRow|insertIgnore)\(\s*(?:db,\s*)?'([a-z_]+)'/g;
  for (const file of production) {
    if (!file.path.startsWith('domain/')) continue;
    for (const match of file.text.matchAll(write)) {
      const table = match[1] ?? '';
      writers.set(table, (writers.get(table) ?? new Set()).add(file.path.split('/')[1] ?? ''));
    }
  }
  assert.ok(writers.size > 15, `only ${writers.size} tables seen`);
  expectNone(
    [...writers].filter(([, nounsOf]) => nounsOf.size > 1).map(([table, by]) => `${table}: ${[...by]}`),
  );
});

test('no import climbs a folder, and names say something', () => {
  expectNone(
    files.flatMap((file) =>
      file.specifiers.filter((s) => s.startsWith('../')).map((s) => `${file.path}: ${s}`),
    ),
  );
  expectNone(files.map((file) => file.path).filter((path) => emptyNames.test(basename(path, '.ts'))));
  expectNone(files.map((file) => file.path).filter((path) => !/^[a-z0-9./-]+$/.test(path)));
});

test('files stay small', () => {
  const lengths = production.map((file) => ({ path: file.path, lines: file.text.split('\n').length }));
  // One list of tables, and steps that never change once they have run somewhere, read best whole.
  const whole = (path: string): boolean => path === 'db/schema.ts' || path.startsWith('db/migrations/');
  const long = lengths.filter(({ path, lines }) => lines > 400 && !whole(path));
  expectNone(long.map(({ path, lines }) => `${path}: ${lines} lines`));
  const sorted = lengths.map(({ lines }) => lines).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  assert.ok(median < 80, `the median file has ${median} lines`);
});

test('nothing unfinished is left behind', () => {
  expectNone(
    production
      .filter((file) => /\b(TODO|FIXME|XXX)\b|console\.log\(/.test(file.text))
      .map((file) => file.path)
      .filter((path) => !path.startsWith('cli/')),
  );
});
