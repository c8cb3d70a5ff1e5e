/**
 * Runs every test file of the repository, suite by suite, and prints the seconds of each. Database servers that several suites
 * want are started once. `--long` adds the long forms; names of suites limit the run; REQUIRE_ALL=1 turns a skip
 * into a failure.
 */
import { globSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startServices } from './test-services.ts';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);

const words = process.argv.slice(2);
const long = words.includes('--long');
const wanted = words.filter((word) => !word.startsWith('--'));
const requireAll = process.env.REQUIRE_ALL === '1';
if (long) process.env.WHARF_TEST_LONG = '1';

const longestFileMs = { usual: 600_000, long: 3_600_000 } as const;

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

/** Suites by name: a folder of the server's source, another package, or a folder of the whole-system tests. */
function findSuites(): Map<string, string[]> {
  const suites = new Map<string, string[]>();
  const files = globSync([
    'packages/*/{src,test}/**/*.test.ts',
    'bench/**/*.test.ts',
    'e2e/**/*.test.ts',
  ]).sort();
  for (const file of files) {
    const parts = file.split('/');
    const name =
      parts[0] !== 'packages'
        ? String(parts[0])
        : parts[1] !== 'server'
          ? String(parts[1])
          : parts[2] === 'test'
            ? `test/${parts.length > 4 ? parts[3] : 'whole'}`
            : String(parts[3]);
    suites.set(name, [...(suites.get(name) ?? []), resolve(file)]);
  }
  return suites;
}

/** A long-form file runs alone; the others two at a time, as the machines that run this have two cores. */
async function runSuite(name: string, files: readonly string[]): Promise<Totals> {
  const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  const stream = run({
    files: [...files],
    concurrency: name.startsWith('test/') ? 1 : 2,
    // A file that never ends is a failure with a name, not a run without an end.
    timeout: long ? longestFileMs.long : longestFileMs.usual,
  });
  stream.on('test:fail', ({ name: title, file, details, skip }) => {
    const error: Error & { readonly failureType?: string } = details.error;
    // A file or a group fails with its members, and only the members are counted; but a failed hook is a failure of its own.
    const isGroup = details.type === 'suite' && error.failureType !== 'hookFailed';
    if (isGroup || skip !== undefined || error.failureType === 'subtestsFailed') return;
    totals.failed += 1;
    console.log(`\n✖ ${title}\n  ${file ?? ''}\n${indent(describe(error.cause ?? error))}`);
  });
  stream.on('test:pass', ({ name: title, details, skip }) => {
    if (details.type === 'suite') return;
    if (skip === undefined) {
      totals.passed += 1;
      return;
    }
    totals.skipped += 1;
    console.log(`  skipped: ${title}${typeof skip === 'string' ? `: ${skip}` : ''}`);
  });
  stream.on('test:stderr', ({ message }) => process.stderr.write(message));
  for await (const _event of stream) {
    // The listeners do the work; the loop waits for the end.
  }
  return totals;
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}

const all: Totals = { passed: 0, failed: 0, skipped: 0 };
const suites = [...findSuites()].filter(
  ([name]) => wanted.length === 0 || wanted.some((word) => name === word || name.startsWith(`${word}/`)),
);
const services = await startServices(suites.map(([name]) => name));
try {
  for (const [name, files] of suites) {
    const startedAt = performance.now();
    const totals = await runSuite(name, files);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(
      `${name}: ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped in ${seconds} s`,
    );
    all.passed += totals.passed;
    all.failed += totals.failed;
    all.skipped += totals.skipped;
  }
} finally {
  await services.stop();
}

if (requireAll && all.skipped > 0) {
  console.log(`REQUIRE_ALL=1: ${all.skipped} skipped tests count as failures`);
  all.failed += all.skipped;
  all.skipped = 0;
}
if (all.passed + all.failed === 0) {
  console.log('no test was found');
  all.failed = 1;
}
const skipped = all.skipped > 0 ? `, ${all.skipped} skipped` : '';
console.log(`${all.passed} passed, ${all.failed} failed${skipped}`);
process.exit(all.failed > 0 ? 1 : 0);
