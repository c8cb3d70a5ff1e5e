import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspectConfiguration } from '#/config/load-configuration.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';

const table: readonly (readonly [source: string, expected: readonly string[]])[] = [
  ['ACTION_LOG_ARCHIVE_LOCATION: elsewhere', []],
  [
    'FEATURE_ACTION_LOG_ROTATION: true\nACTION_LOG_ARCHIVE_LOCATION: elsewhere',
    ['error ACTION_LOG_ARCHIVE_LOCATION'],
  ],
  ['FEATURE_ACTION_LOG_ROTATION: true', []],
  ['FEATURE_ACTION_LOG_ROTATION: true\nACTION_LOG_ARCHIVE_LOCATION: default', []],
  ['USERFILES_LOCATION: elsewhere', ['error USERFILES_LOCATION']],
  ['ACTION_LOG_ARCHIVE_PATH: archives/action.logs/', []],
  ['ACTION_LOG_ARCHIVE_PATH: ""', ['error ACTION_LOG_ARCHIVE_PATH']],
  ['ACTION_LOG_ARCHIVE_PATH: a/../../b', ['error ACTION_LOG_ARCHIVE_PATH']],
  ['EXPORT_ACTION_LOGS_STORAGE_PATH: /', ['error EXPORT_ACTION_LOGS_STORAGE_PATH']],
  ['USERFILES_PATH: .hidden', ['error USERFILES_PATH']],
  ['ACTION_LOG_ROTATION_THRESHOLD: 30', ['error ACTION_LOG_ROTATION_THRESHOLD']],
  ['ACTION_LOG_MAX_PAGE: 0', ['error ACTION_LOG_MAX_PAGE']],
];

for (const [source, expected] of table) {
  test(`${source.replaceAll('\n', ', ')}: ${expected.join() || 'nothing'}`, async () => {
    const home = scratchDirectory();
    const directory = join(home, 'config');
    await mkdir(directory);
    await writeFile(
      join(directory, 'config.yaml'),
      `SECRET_KEY: "11"\nDATABASE_SECRET_KEY: "12"\nFEATURE_MAILING: false\n${source}\n`,
    );
    const report = await inspectConfiguration({ directory, dataDirectory: join(home, 'data'), env: {} });
    assert.deepEqual(
      report.problems.map(({ severity, key }) => `${severity} ${key}`),
      expected,
    );
  });
}
