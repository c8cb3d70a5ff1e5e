/** `npm run bench`: measures this repository's server beside its peers and the limits of the machine. It asserts nothing. */
import { resolve } from 'node:path';
import { allCases, chooseCases } from '#/cases/all-cases.ts';
import { measureMachine } from '#/machine-limits.ts';
import { type Options, parseOptions, usage } from '#/options.ts';
import { findProgram } from '#/process/find-program.ts';
import type { Result } from '#/report/results.ts';
import { renderReport } from '#/report/tables.ts';
import { writeTables } from '#/report/write-tables.ts';
import { runCase } from '#/run-cases.ts';
import { dockerRegistry } from '#/targets/docker-registry.ts';
import { externalPeer } from '#/targets/external-peer.ts';
import { nginx } from '#/targets/nginx.ts';
import type { TargetKind } from '#/targets/target.ts';
import { wharf } from '#/targets/wharf.ts';

const document = resolve(import.meta.dirname, '../docs/performance.md');

/** Wharf, the peers that are installed or named, and nginx as the limit. */
function listKinds({ localPeers, peers, nodeArguments }: Options, say: (text: string) => void): TargetKind[] {
  const kinds: TargetKind[] = [wharf(nodeArguments)];
  if (localPeers) {
    const registry = findProgram('docker-registry');
    if (registry === undefined)
      say('docker-registry is not installed: no peer (Debian: apt install docker-registry)');
    else kinds.push(dockerRegistry(registry));
  }
  kinds.push(...peers.map(({ name, url }) => externalPeer(name, url)));
  if (localPeers) {
    const server = findProgram('nginx');
    if (server === undefined) say('nginx is not installed: the limit of the machine is not measured');
    else kinds.push(nginx(server));
  }
  return kinds;
}

async function main(): Promise<void> {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(`${usage}\ncases: ${allCases.map(({ name }) => name).join(', ')}\n`);
    return;
  }
  const cases = chooseCases(options.only);
  const kinds = listKinds(options, say);
  const limits = await measureMachine();
  const results: Result[] = [];
  for (const benchCase of cases) results.push(...(await runCase(benchCase, kinds, options, say)));
  const report = renderReport(results, limits, options);
  process.stdout.write(`${report}\n`);
  if (options.write) await writeTables(document, report);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
