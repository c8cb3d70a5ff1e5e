import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { digestOf, readDirectory } from '#/config/directory/read-directory.ts';
import { writeDirectory } from '#/config/directory/write-directory.ts';
import { scratchDirectory } from '#/testing/scratch-directory.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const content = (name: string, files: Readonly<Record<string, string>>) => ({
  source: `REGISTRY_TITLE: ${name}\n${'# filler\n'.repeat(2000)}LAST: ${name}\n`,
  files: Object.fromEntries(Object.entries(files).map(([path, text]) => [path, base64(text)])),
});
const long = (text: string): string => text.repeat(20_000);
const a = content('a', { 'ssl.cert': long('a'), 'ssl.key': long('a'), 'ldap.crt': long('a') });
const b = content('b', { 'ssl.cert': long('b'), 'ssl.key': long('b'), 'extra_ca_certs/b.crt': long('b') });

test('a process that is killed while it writes leaves whole files, and the next write makes all of it good', async () => {
  const scratch = scratchDirectory();
  const directory = join(scratch, 'conf');
  const contents = join(scratch, 'contents.json');
  await writeFile(contents, JSON.stringify([a, b]));
  await writeDirectory(directory, { source: a.source, from: {}, to: a.files });
  for (let round = 0; round < 12; round += 1) {
    const writer = fork(fileURLToPath(import.meta.resolve('#/testing/writing-process.ts')), [
      directory,
      contents,
    ]);
    await once(writer, 'message');
    // Any moment will do: the longer ones lie in later writes.
    await sleep(3 + round * 7);
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    const source = await readFile(join(directory, 'config.yaml'), 'utf8');
    assert.ok([a.source, b.source].includes(source));
    const found = await readDirectory(directory);
    for (const [path, text] of Object.entries(found.content.files))
      assert.ok([a.files[path], b.files[path]].includes(text), path);
    // What the file names is there: files come before it and go after it.
    const wanted = source === a.source ? a.files : b.files;
    for (const path of Object.keys(wanted)) assert.ok(Object.hasOwn(found.content.files, path), path);
    await writeDirectory(directory, { source: b.source, from: found.content.files, to: b.files });
    assert.equal(digestOf((await readDirectory(directory)).content), digestOf(b));
    assert.deepEqual((await readdir(directory)).sort(), [
      'config.yaml',
      'extra_ca_certs',
      'ssl.cert',
      'ssl.key',
    ]);
    assert.deepEqual(await readdir(join(directory, 'extra_ca_certs')), ['b.crt']);
    await writeDirectory(directory, { source: a.source, from: b.files, to: a.files });
  }
});
