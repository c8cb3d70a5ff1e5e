import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { describeFailure } from '#/cli/describe-failure.ts';
import { UsageError } from '#/cli/exit-codes.ts';
import { InvalidConfigurationError } from '#/config/problem.ts';
import { InvalidConnectionUriError } from '#/db/connection-uri.ts';
import { DatabaseUnavailableError } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';

describe('describeFailure', () => {
  const system = (code: string) =>
    Object.assign(new Error('listen failed'), { code, address: '127.0.0.1', port: 80 });
  const cases: readonly (readonly [error: unknown, exitCode: number, text: RegExp])[] = [
    [
      new DomainError('already_exists', 'There is a user "alice" already.'),
      1,
      /^wharf: There is a user "alice" already\.$/,
    ],
    [new UsageError('--only knows registry'), 2, /^wharf: --only knows registry$/],
    [new InvalidConnectionUriError('has no scheme'), 3, /^wharf: DB_URI has no scheme/],
    [new DatabaseUnavailableError('connect ECONNREFUSED'), 4, /^wharf: connect ECONNREFUSED; check DB_URI/],
    [system('EADDRINUSE'), 1, /127\.0\.0\.1:80 is in use.*--listen/],
    [system('EADDRNOTAVAIL'), 1, /127\.0\.0\.1:80 is no address of this machine/],
    [system('EACCES'), 1, /port above 1023/],
    [new Error('first line\n  second line'), 1, /^wharf: first line second line$/],
    ['a text', 1, /^wharf: failed for an unknown reason$/],
    [
      new InvalidConfigurationError([
        { severity: 'info', key: 'AVATAR_KIND', message: 'is known' },
        {
          severity: 'error',
          key: 'PROXY_COUNT',
          value: '"x"',
          expected: 'a number',
          message: 'has a wrong value',
        },
      ]),
      3,
      /^error {4}PROXY_COUNT = "x": has a wrong value; expected: a number\nwharf: the configuration has one error; .*IGNORE_VALIDATION/,
    ],
  ];
  for (const [error, exitCode, text] of cases) {
    test(`${String(error)} exits ${exitCode}`, () => {
      const described = describeFailure(error);
      assert.equal(described.exitCode, exitCode);
      assert.match(described.text, text);
    });
  }
});
