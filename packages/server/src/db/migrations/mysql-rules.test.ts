import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialTables } from './0001-initial.ts';
import { peopleAndLifecycleTables } from './0002-people-and-lifecycle.ts';
import { createTableStatements } from './create-table.ts';

/*
 * Rules of MySQL that MariaDB does not have, so that its server would let them pass in the other tests.
 */

const mysql = { dialect: 'mysql', collation: 'utf8mb4_0900_bin' } as const;
const tables = [...initialTables, ...peopleAndLifecycleTables];
const statementOf = (table: (typeof tables)[number]): string =>
  createTableStatements(table, mysql).join('\n');

test('names of constraints are unique in the whole database, not in their table only', () => {
  const names = tables.flatMap((table) =>
    [...statementOf(table).matchAll(/constraint `(\w+)` (?:check|foreign key)/g)].map(([, name]) => name),
  );
  assert.ok(names.length > tables.length / 2, 'constraints were found');
  assert.deepEqual(names.toSorted(), [...new Set(names)].sort());
});

for (const table of tables) {
  test(`${table.name}: no check names a column that a foreign key sets to null (error 3823)`, () => {
    for (const [name, { reference, values }] of Object.entries(table.columns)) {
      if (reference?.onDelete !== 'set null') continue;
      assert.equal(values, undefined);
      for (const condition of Object.values(table.checks ?? {})) {
        assert.doesNotMatch(condition, new RegExp(`\\b${name}\\b`));
      }
    }
  });

  test(`${table.name}: has a primary key, which group replication insists on`, () => {
    assert.match(statementOf(table), /primary key/);
  });
}
