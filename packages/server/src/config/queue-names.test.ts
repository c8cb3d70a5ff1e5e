import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspectConfiguration } from '#/config/load-configuration.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';

const cases: readonly (readonly [source: string, refused: string | undefined])[] = [
  ['NOTIFICATION_QUEUE_NAME: told', undefined],
  ['NOTIFICATION_QUEUE_NAME: a/b', 'NOTIFICATION_QUEUE_NAME'],
  ['NOTIFICATION_QUEUE_NAME: ""', 'NOTIFICATION_QUEUE_NAME'],
  ['NAMESPACE_GC_QUEUE_NAME: repositorygc', 'NAMESPACE_GC_QUEUE_NAME'],
  ['NAMESPACE_GC_QUEUE_NAME: repositorygc\nREPOSITORY_GC_QUEUE_NAME: namespacegc', undefined],
  ['EXPORT_ACTION_LOGS_QUEUE_NAME: exportedlogs', 'EXPORT_ACTION_LOGS_QUEUE_NAME'],
];

for (const [source, refused] of cases) {
  test(`${JSON.stringify(source)} is ${refused === undefined ? 'accepted' : 'refused'}`, async () => {
    const dataDirectory = scratchDirectory();
    const directory = join(dataDirectory, 'config');
    await mkdir(directory);
    await writeFile(
      join(directory, 'config.yaml'),
      `SECRET_KEY: "11"\nDATABASE_SECRET_KEY: "12"\n${source}\n`,
    );
    const { problems } = await inspectConfiguration({ directory, dataDirectory, env: {} });
    const wrong = problems.filter(({ severity }) => severity === 'error').map(({ key }) => key);
    assert.deepEqual(wrong, refused === undefined ? [] : [refused]);
  });
}
