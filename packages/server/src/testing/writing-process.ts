import { readFileSync } from 'node:fs';
import { writeDirectory } from '#/config/directory/write-directory.ts';

/** Writes two contents into a directory in turn until it is killed: for tests of what a kill leaves. */
const [directory = '', contents = ''] = process.argv.slice(2);
const [a, b] = JSON.parse(readFileSync(contents, 'utf8'));
process.send?.('ready');
for (let from = a, to = b; ; [from, to] = [to, from]) {
  await writeDirectory(directory, { source: to.source, from: from.files, to: to.files });
}
