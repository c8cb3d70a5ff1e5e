import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Path of a program, looked for in the folder of WHARF_TEST_TOOLS and then in PATH; undefined when absent. With REQUIRE_ALL=1 an absent one
 * throws, so that a skip cannot hide.
 */
export function findProgram(name: string): string | undefined {
  const folders = [
    process.env.WHARF_TEST_TOOLS ?? '/tmp/wharf-tools',
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not there: the next folder may have it.
    }
  }
  if (process.env.REQUIRE_ALL === '1')
    throw new Error(`the program ${name} is needed for this test and not installed`);
  return undefined;
}

/** Option of a test that needs programs: `skip` tells which one is absent, false when all are there. */
export function needsPrograms(...names: readonly string[]): { readonly skip: string | false } {
  const absent = names.filter((name) => findProgram(name) === undefined);
  return { skip: absent.length === 0 ? false : `needs ${absent.join(', ')}` };
}
