/** `npm run check`: every static rule of the repository, all of them run even when one fails. */
import { spawnSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const steps: readonly { readonly name: string; readonly command: readonly string[] }[] = [
  { name: 'format and lint', command: ['biome', 'ci', '.'] },
  { name: 'types', command: ['tsc', '--project', '.'] },
  {
    name: 'layering and house rules',
    command: ['node', '--test', 'packages/server/test/architecture.test.ts'],
  },
  { name: 'unused code', command: ['knip'] },
  { name: 'generated files', command: ['node', 'scripts/generate-docs.ts', '--check'] },
];

let failed = 0;
for (const { name, command } of steps) {
  const startedAt = performance.now();
  const [program, ...words] = command;
  const result = spawnSync(program ?? '', words, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${resolve(root, 'node_modules/.bin')}:${process.env.PATH ?? ''}` },
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const passed = result.status === 0;
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  if (!passed) {
    failed += 1;
    console.log(result.stdout, result.stderr, result.error?.message ?? '');
  }
}
process.exit(failed > 0 ? 1 : 0);
