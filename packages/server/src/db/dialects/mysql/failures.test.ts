import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DatabaseUnavailableError, UniqueViolationError } from '#/db/database.ts';
import { classifyMysqlError } from './failures.ts';

/** Errors of MySQL alone, which no server of these tests raises, and of both. */
const cases: readonly { readonly errno: number; readonly kind: string; readonly title: string }[] = [
  { errno: 1213, kind: 'transient', title: 'a deadlock' },
  { errno: 3101, kind: 'transient', title: 'a commit that group replication rolled back' },
  { errno: 3032, kind: 'lost', title: 'a server that was put offline' },
  { errno: 4031, kind: 'lost', title: 'a connection that was idle too long' },
  { errno: 1040, kind: 'full', title: 'too many connections' },
  { errno: 3819, kind: 'other', title: 'a check that failed' },
];

for (const { errno, kind, title } of cases) {
  test(`${title} (${errno}) is ${kind}`, () => {
    assert.equal(classifyMysqlError(Object.assign(new Error(title), { errno })).kind, kind);
  });
}

test('what the rest of the program knows by its own names', () => {
  const classify = (errno: number): unknown =>
    classifyMysqlError(Object.assign(new Error('from the driver'), { errno })).error;
  assert.ok(classify(1062) instanceof UniqueViolationError);
  for (const errno of [1290, 1836, 3024, 1114]) {
    assert.ok(classify(errno) instanceof DatabaseUnavailableError, String(errno));
  }
});
