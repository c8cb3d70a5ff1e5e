import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialTables } from './0001-initial.ts';
import { peopleAndLifecycleTables } from './0002-people-and-lifecycle.ts';
import { configurationTables } from './0003-configuration.ts';
import { proofTables } from './0004-proofs.ts';
import { tagCountsTable } from './0006-tag-counts.ts';
import { createTableStatements, indexedColumn } from './create-table.ts';

/** Bytes that MySQL allows for one index. */
const longestIndexBytes = 3072;
const mysql = { dialect: 'mysql', collation: 'utf8mb4_nopad_bin' } as const;

for (const table of [
  ...initialTables,
  ...peopleAndLifecycleTables,
  ...configurationTables,
  ...proofTables,
  tagCountsTable,
]) {
  const keys = [
    ...(table.unique ?? []),
    ...(table.indexes ?? []).map((parts) => parts.map(indexedColumn)),
    ...(table.primaryKey ? [table.primaryKey] : []),
  ];

  test(`${table.name}: an index leads with every reference, so that deletes do not read whole tables`, () => {
    for (const [name, column] of Object.entries(table.columns)) {
      if (column.reference === undefined) continue;
      assert.ok(
        keys.some(([first]) => first === name),
        `${table.name}.${name}`,
      );
    }
  });

  test(`${table.name}: keys name columns that exist and fit into an index of MySQL`, () => {
    for (const key of keys) {
      const bytes = key.map((name) => {
        const column = table.columns[name];
        assert.ok(column !== undefined, `${table.name}.${name}`);
        const type = column.type(mysql);
        assert.doesNotMatch(type, /longtext|longblob/);
        return 4 * Number(/varchar\((\d+)\)/.exec(type)?.[1] ?? 2);
      });
      assert.ok(bytes.reduce((sum, part) => sum + part, 0) <= longestIndexBytes, key.join());
    }
  });

  test(`${table.name}: names are unique and short enough for every database`, () => {
    const statements = createTableStatements(table, { dialect: 'postgresql', collation: '' }).join('\n');
    const names = [...statements.matchAll(/(?:constraint|index if not exists) "(\w+)"/g)].map(
      ([, name]) => name,
    );
    assert.deepEqual(names.toSorted(), [...new Set(names)].sort());
    for (const name of names) assert.ok((name ?? '').length <= 60, name);
  });
}
