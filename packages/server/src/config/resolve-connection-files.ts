import { basename, join, resolve } from 'node:path';
import { fileExists } from '#/config/find-directory.ts';
import type { Problem } from '#/config/problem.ts';

type Values = Readonly<Record<string, unknown>>;

const fileNames = new Set(['sslrootcert', 'sslcert', 'sslkey', 'sslcrl', 'ca', 'cert', 'key']);

/**
 * DB_CONNECTION_ARGS with absolute paths. A path in `conf/stack`, as it is inside Quay's container, means the file of that name in the
 * configuration directory; files that do not exist are problems.
 */
export async function resolveConnectionFiles(
  connectionArguments: Values,
  directory: string,
): Promise<{ readonly resolved: Record<string, unknown>; readonly problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  const resolveIn = async (values: Values, prefix: string): Promise<Record<string, unknown>> => {
    const entries: [string, unknown][] = [];
    for (const [name, value] of Object.entries(values)) {
      if (name === 'ssl' && prefix === '' && typeof value === 'object' && value !== null) {
        entries.push([name, await resolveIn({ ...value }, 'ssl.')]);
      } else if (fileNames.has(name) && typeof value === 'string') {
        const path = pathOf(value, directory);
        entries.push([name, path]);
        if (await fileExists(path)) continue;
        problems.push({
          severity: 'error',
          key: `DB_CONNECTION_ARGS.${prefix}${name}`,
          value: JSON.stringify(value),
          expected: `a readable file ${path}`,
          message: 'names a file that does not exist',
        });
      } else {
        entries.push([name, value]);
      }
    }
    return Object.fromEntries(entries);
  };
  return { resolved: await resolveIn(connectionArguments, ''), problems };
}

function pathOf(value: string, directory: string): string {
  return /(^|\/)conf\/stack\/[^/]+$/.test(value) ? join(directory, basename(value)) : resolve(value);
}
