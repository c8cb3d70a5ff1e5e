/** Writes the generated pages below `docs/generated`; with `--check` changes nothing and exits 1 when one is out of date. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { documentOperations } from '../packages/server/src/api/discovery/document-operations.ts';
import { apiRoutes } from '../packages/server/src/api/routes.ts';
import { documentKeys } from '../packages/server/src/config/document-keys.ts';
import { documentLogKinds } from './document-log-kinds.ts';
import { grafanaDashboard } from './grafana-dashboard.ts';

const directory = resolve(dirname(fileURLToPath(import.meta.url)), '../docs/generated');
const pages: Readonly<Record<string, () => string>> = {
  'api.md': () => documentOperations(apiRoutes),
  'configuration.md': documentKeys,
  'grafana-dashboard.json': grafanaDashboard,
  'log-kinds.md': documentLogKinds,
};

const isCheck = process.argv.includes('--check');
let stale = 0;
for (const [name, generate] of Object.entries(pages)) {
  const path = resolve(directory, name);
  const wanted = generate();
  const found = await readFile(path, 'utf8').catch(() => undefined);
  if (found === wanted) continue;
  if (isCheck) {
    stale += 1;
    process.stderr.write(`docs/generated/${name} is out of date; run node scripts/generate-docs.ts\n`);
  } else {
    await mkdir(directory, { recursive: true });
    await writeFile(path, wanted);
  }
}
process.exitCode = stale > 0 ? 1 : 0;
