import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UsageError } from '#/cli/exit-codes.ts';
import { parseListenAddress } from '#/cli/parse-listen-address.ts';

describe('parseListenAddress', () => {
  const cases: readonly (readonly [text: string, host: string | undefined, port?: number])[] = [
    ['127.0.0.1:8080', '127.0.0.1', 8080],
    ['localhost:0', 'localhost', 0],
    ['[::1]:8080', '::1', 8080],
    ['[::]:80', '::', 80],
    ['[::ffff:127.0.0.1]:65535', '::ffff:127.0.0.1', 65_535],
    ['::1:8080', undefined],
    ['[localhost]:80', undefined],
    ['[]:80', undefined],
    ['8080', undefined],
    [':8080', undefined],
    ['localhost', undefined],
    ['localhost:', undefined],
    ['localhost:65536', undefined],
    ['localhost:-1', undefined],
    ['localhost:80x', undefined],
    ['http://localhost:80', undefined],
    ['', undefined],
  ];
  for (const [text, host, port] of cases) {
    test(`${text} ${host === undefined ? 'is refused' : 'is taken'}`, () => {
      if (host !== undefined) assert.deepEqual(parseListenAddress('--listen', text), { host, port });
      else
        assert.throws(
          () => parseListenAddress('--listen', text),
          (error) => error instanceof UsageError && /--listen/.test(error.message),
        );
    });
  }
});
