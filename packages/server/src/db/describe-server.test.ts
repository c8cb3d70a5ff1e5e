import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytewiseCollation, UnsupportedServerError } from '#/db/describe-server.ts';

const versions: readonly [version: string, collation: string | undefined][] = [
  ['10.11.19-MariaDB-0+deb12u1', 'utf8mb4_nopad_bin'],
  ['11.4.2-MariaDB-log', 'utf8mb4_nopad_bin'],
  ['5.5.5-10.11.6-MariaDB', 'utf8mb4_nopad_bin'],
  ['10.4.9-MariaDB', undefined],
  ['8.0.36', 'utf8mb4_0900_bin'],
  ['8.4.0-commercial', 'utf8mb4_0900_bin'],
  ['8.0.16', undefined],
  ['5.7.44-log', undefined],
];

for (const [version, collation] of versions) {
  test(`${version}: ${collation ?? 'too old'}`, () => {
    if (collation === undefined) assert.throws(() => bytewiseCollation(version), UnsupportedServerError);
    else assert.equal(bytewiseCollation(version), collation);
  });
}
