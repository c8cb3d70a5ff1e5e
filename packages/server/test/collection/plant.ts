import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { scratchDirectory } from '#/testing/scratch-directory.ts';
import type { Mutant } from './mutants.ts';

const server = resolve(import.meta.dirname, '../..');
const root = resolve(server, '../..');
const program = fileURLToPath(new URL('./run-model.ts', import.meta.url));

/** Makes a copy of the product with the bug in it and returns the path of the model's program there. Throws when a patch does not apply. */
export function plant(mutant: Pick<Mutant, 'patches'>): string {
  const copy = scratchDirectory();
  mkdirSync(join(copy, 'test'));
  cpSync(join(server, 'src'), join(copy, 'src'), {
    recursive: true,
    filter: (path) => !path.endsWith('.test.ts'),
  });
  cpSync(import.meta.dirname, join(copy, 'test/collection'), { recursive: true });
  cpSync(join(server, 'package.json'), join(copy, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const { file, from, to } of mutant.patches) {
    const path = join(copy, 'src', file);
    const parts = readFileSync(path, 'utf8').split(from);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places like: ${from}`);
    writeFileSync(path, parts.join(to));
  }
  return join(copy, 'test/collection', basename(program));
}
