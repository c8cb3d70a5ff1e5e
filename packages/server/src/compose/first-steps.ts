import { relative } from 'node:path';
import type { ServeOptions } from '#/cli/serve-options.ts';

/** Where to go next, for whoever started a registry without users. */
export function firstSteps(address: string, { dataDirectory, configDirectory }: ServeOptions): string {
  const data = relative(process.cwd(), dataDirectory);
  const options = [
    ...(data === 'data' ? [] : ['--data', dataDirectory]),
    ...(configDirectory === undefined ? [] : ['--config', configDirectory]),
  ];
  const create = [
    'npx wharf user create admin --superuser --email you@example.com --password-stdin',
    ...options,
  ];
  return [
    'Nobody has an account yet. The first steps:',
    `  ${create.join(' ')}`,
    `  docker login ${new URL(address).host}`,
    `  ${address}/ shows them too.`,
  ].join('\n');
}
