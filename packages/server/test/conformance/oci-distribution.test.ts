import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { findProgram, needsPrograms } from '#/testing/find-program.ts';
import {
  createRepository,
  initializeServer,
  type ServerProcess,
  startServer,
} from '#/testing/server-process.ts';

const runLimitMs = 300_000;

/** What the specification leaves to the server and this one leaves out. */
const allowedSkips: readonly string[] = [];

describe('OCI distribution conformance suite', needsPrograms('conformance'), () => {
  let server: ServerProcess;
  before(async () => {
    server = await startServer();
    await initializeServer(server);
  });
  after(() => server.dispose());

  for (const version of ['1.1', 'dev']) {
    test(`version ${version}: every enabled test passes, none is skipped`, async () => {
      const name = version.replace('.', '-');
      const results = await mkdtemp(join(tmpdir(), 'wharf-conformance-'));
      try {
        for (const repository of ['one', 'two'])
          await createRepository(server, 'admin', `oci-${name}-${repository}`);
        const output = await runSuite({
          OCI_VERSION: version,
          OCI_REGISTRY: server.host,
          OCI_TLS: 'disabled',
          OCI_REPO1: `admin/oci-${name}-one`,
          OCI_REPO2: `admin/oci-${name}-two`,
          OCI_USERNAME: 'admin',
          OCI_PASSWORD: 'password1',
          OCI_RESULTS_DIR: results,
        });
        // The suite exits 0 after a bad configuration too: only its report proves that it ran.
        const report: unknown = parse(await readFile(join(results, 'results.yaml'), 'utf8'));
        const text = JSON.stringify(report);
        assert.match(output, /OCI Conformance Result: PASS/i, output.slice(-4000));
        assert.ok(text.length > 1000);
        assert.deepEqual(skipped(output), allowedSkips);
        assert.doesNotMatch(output, /: (FAIL|ERROR)\b/i);
      } finally {
        await rm(results, { recursive: true, force: true });
      }
    });
  }
});

/** Lines of the report that say "Skip"; "Disabled" ones are features of another version. */
function skipped(output: string): string[] {
  return output
    .split('\n')
    .filter((line) => /:\s+skip\s*$/i.test(line))
    .map((line) => line.trim());
}

function runSuite(env: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    const program = findProgram('conformance') ?? '';
    execFile(
      program,
      [],
      { env: { PATH: process.env.PATH ?? '', ...env }, timeout: runLimitMs, maxBuffer: 64 * 1024 ** 2 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout + stderr);
        else reject(new Error(`the suite ended with ${error.code}: ${(stdout + stderr).slice(-6000)}`));
      },
    );
  });
}
