import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { apiRoutes } from '#/api/routes.ts';
import { absentGroups, absentOperations, ownOperations } from './absent-operations.ts';

/** One operation of Quay's API. */
interface Operation {
  readonly method: string;
  readonly path: string;
  /** One operation of Quay has none. */
  readonly id: string;
  readonly group: string;
  readonly scope: string;
  readonly marks: readonly string[];
  readonly lastRelease: string;
}

const operations: readonly Operation[] = readFileSync(resolve(import.meta.dirname, 'operations.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [method = '', path = '', id = '', group = '', scope = '', marks = '', , lastRelease = ''] =
      line.split(' | ');
    return { method, path, id, group, scope, marks: marks.split(' '), lastRelease };
  });

const reasonOf = ({ id, group }: Operation): string | undefined =>
  absentOperations[id] ?? absentGroups[group];
const mounted = new Map(apiRoutes.map((route) => [`${route.method} ${documented(route.facts.path)}`, route]));

function documented(path: string): string {
  return `/api/v1${path.replaceAll(/:(\w+)/g, '{$1}')}`;
}

test('the table is whole', () => {
  assert.equal(operations.length, 300);
});

test('every operation of Quay is mounted, or named with the reason why not', () => {
  const missing = operations
    .filter((operation) => !mounted.has(`${operation.method} ${operation.path}`))
    .filter((operation) => reasonOf(operation) === undefined);
  assert.deepEqual(
    missing.map(({ method, path, id }) => `${method} ${path} ${id}`),
    [],
  );
});

test('nothing that is mounted is called absent, and nothing else is mounted unnamed', () => {
  const known = new Map(operations.map((operation) => [`${operation.method} ${operation.path}`, operation]));
  const wrong: string[] = [];
  for (const [key, route] of mounted) {
    const operation = known.get(key);
    if (operation === undefined && !ownOperations.includes(route.operationId)) wrong.push(`${key}: unknown`);
    if (operation !== undefined && absentOperations[operation.id] !== undefined)
      wrong.push(`${key}: called absent`);
  }
  assert.deepEqual(wrong, []);
  const ids = new Set(apiRoutes.map(({ operationId }) => operationId));
  assert.deepEqual(
    ownOperations.filter((id) => !ids.has(id)),
    [],
    'own operations exist',
  );
});

for (const operation of operations) {
  const route = mounted.get(`${operation.method} ${operation.path}`);
  if (route === undefined) continue;
  test(`${operation.id}: id, group, scope and marks`, () => {
    const { facts } = route;
    const found = {
      id: route.operationId,
      group: facts.group,
      scope: facts.scope ?? '-',
      INT: facts.internal,
      FL: facts.freshLogin,
      RO: facts.allowedWhileReadOnly,
      ANON: facts.allowedAnonymously,
    };
    const has = (mark: string): boolean => operation.marks.includes(mark);
    assert.deepEqual(found, {
      id: operation.id === '-' ? route.operationId : operation.id,
      group: operation.group,
      scope: operation.scope,
      INT: has('INT'),
      FL: has('FL'),
      RO: has('RO'),
      ANON: has('ANON'),
    });
  });
}
