import { existsSync, mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

// Files, fsync and DNS share these threads; the number is fixed when the first of them starts.
process.env.UV_THREADPOOL_SIZE = String(Math.max(16, Number(process.env.UV_THREADPOOL_SIZE) || 0));

// Bodies come in buffers outside V8's heap, which die young: a small young generation frees them before V8 starts full collections
// because of the memory outside (docs/performance.md: a third less CPU for a push, 70 MB less memory).
setFlagsFromString('--semi-space-growth-factor=1');

const args = process.argv.slice(2);
const position = args.indexOf('--data');
const data =
  args.find((arg) => arg.startsWith('--data='))?.slice('--data='.length) ??
  (position === -1 ? undefined : args[position + 1]) ??
  'data';
// Commands that only look must not make a data directory, and nobody else may look into it.
const isServe = args[0] === 'serve' && !args.includes('--help') && !args.includes('-h');
if (isServe) mkdirSync(data, { recursive: true, mode: 0o700 });
if (existsSync(data)) enableCompileCache(join(data, 'cache', 'compile'));

// A reader that has seen enough (`wharf ... | head`) is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

const [{ runCli }, { version }] = await Promise.all([
  import('#/cli/run-cli.ts'),
  import('#/platform/version.ts'),
]);
process.exitCode = await runCli(args, version, {
  writeOut: (text) => process.stdout.write(text),
  writeErr: (text) => process.stderr.write(text),
});
