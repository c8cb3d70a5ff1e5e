import { isDeepStrictEqual } from 'node:util';
import type { LiveConfiguration } from '#/compose/live-configuration.ts';
import type { RawValues } from '#/config/effective-values.ts';
import { parseConfiguration } from '#/config/load-configuration.ts';
import { effectOf } from '#/config/takes-effect.ts';
import { describeErrors, type NodeDirectory } from './node-directory.ts';

/** How far a process runs what its directory holds. */
export interface ReloadResult {
  /** Names of keys that count from now on. */
  readonly applied: readonly string[];
  /** Names of keys and files that wait for a restart. */
  readonly waiting: readonly string[];
  /** Why the directory is not used at all. */
  readonly refused: string | undefined;
}

/** Names of the keys whose values differ between two configurations, defaults included; sorted. */
export function changedKeys(before: RawValues, after: RawValues): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => !isDeepStrictEqual(before[name], after[name])).sort();
}

/** Compares what runs with what the directory holds. */
export async function compareDirectory(
  live: LiveConfiguration,
  directory: NodeDirectory,
): Promise<ReloadResult & { readonly wanted: RawValues | undefined }> {
  const [found, state] = await Promise.all([directory.read(), directory.state()]);
  const { problems, configuration } = await directory.check(found.source);
  if (configuration === undefined)
    return { applied: [], waiting: [], refused: describeErrors(problems), wanted: undefined };
  const changed = changedKeys(live.current.values, configuration.values);
  // An edit may be half done: it counts at the next start, which makes it a version.
  if (directory.isEditedByHand(found, state))
    return { applied: [], waiting: changed, refused: undefined, wanted: undefined };
  const waiting = changed.filter((name) => effectOf(name) === 'restart');
  if (configuration.tls.enabled !== live.current.tls.enabled) waiting.push('ssl.key');
  return {
    applied: changed.filter((name) => effectOf(name) === 'now'),
    waiting,
    refused: undefined,
    wanted: configuration.given,
  };
}

/** Takes over from the directory what needs no restart; the other keys stay as they run, together with it. */
export async function reloadDirectory(
  live: LiveConfiguration,
  directory: NodeDirectory,
): Promise<ReloadResult> {
  const { wanted, ...compared } = await compareDirectory(live, directory);
  if (wanted === undefined) return compared;
  const { given } = live.current;
  const mixed = Object.fromEntries([
    ...Object.entries(wanted).filter(([name]) => effectOf(name) !== 'restart'),
    ...Object.entries(given).filter(([name]) => effectOf(name) === 'restart'),
  ]);
  if (isDeepStrictEqual(mixed, given)) return compared;
  const { configuration } = await parseConfiguration(
    { values: mixed, problems: [] },
    {
      directory: directory.path,
      dataDirectory: directory.dataDirectory,
      env: process.env,
      hasServerKey: live.current.tls.enabled,
    },
  );
  // New values that do not fit those that still run wait with them.
  if (configuration === undefined)
    return { ...compared, applied: [], waiting: [...compared.applied, ...compared.waiting].sort() };
  await live.replace(configuration);
  return compared;
}
