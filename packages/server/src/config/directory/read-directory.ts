import { createHash } from 'node:crypto';
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withoutKeys } from '#/config/directory/edit-yaml.ts';
import { isSharedFile, nodeLocalKeys } from '#/config/directory/node-local.ts';
import type { RawValues } from '#/config/effective-values.ts';
import { configurationFileName } from '#/config/find-directory.ts';
import { parseYaml } from '#/config/parse-yaml.ts';
import type { ConfigurationContent } from '#/domain/configuration/index.ts';

/** Bytes of a file that a version holds; certificates and keys are far smaller. */
export const fileLimitBytes = 512 * 1024;

/** What a directory holds now. */
export interface ConfigurationDirectory {
  /** `config.yaml` whole. */
  readonly source: string;
  /** What of it all nodes share. */
  readonly content: ConfigurationContent;
}

/** Reads `config.yaml` and the files that all nodes share; a file that is too large or unreadable is left out. */
export async function readDirectory(directory: string): Promise<ConfigurationDirectory> {
  const source = await readFile(join(directory, configurationFileName), 'utf8');
  const paths = [
    ...(await namesIn(directory)),
    ...(await namesIn(join(directory, 'extra_ca_certs'))).map((name) => `extra_ca_certs/${name}`),
  ].filter(isSharedFile);
  const files: [string, string][] = [];
  for (const path of paths.sort()) {
    const content = await readSmallFile(join(directory, path));
    if (content !== undefined) files.push([path, content.toString('base64')]);
  }
  return {
    source,
    content: { source: withoutKeys(source, nodeLocalKeys), files: Object.fromEntries(files) },
  };
}

async function namesIn(directory: string): Promise<string[]> {
  return await readdir(directory).catch(() => []);
}

async function readSmallFile(path: string): Promise<Buffer | undefined> {
  try {
    const found = await lstat(path);
    // Kubernetes mounts each file as a link.
    if (found.isDirectory() || (found.isFile() && found.size > fileLimitBytes)) return undefined;
    const content = await readFile(path);
    return content.length > fileLimitBytes ? undefined : content;
  } catch {
    return undefined;
  }
}

/** SHA-256 of what a content says, whatever its notation and comments, hex. */
export function digestOf({ source, files }: ConfigurationContent): string {
  const parsed = parseYaml(source, configurationFileName);
  const broken = parsed.problems.some(({ severity }) => severity === 'error');
  const said = broken ? source : canonical(parsed.values);
  const sorted = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([said, sorted]))
    .digest('hex');
}

function canonical(value: unknown): unknown {
  if (typeof value === 'bigint') return { bigint: value.toString() };
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([name, item]) => [name, canonical(item)]);
}

/** Names of keys and files in which two contents differ, sorted. */
export function changedNames(before: ConfigurationContent, after: ConfigurationContent): string[] {
  const keys = differing(
    parseYaml(before.source, configurationFileName).values,
    parseYaml(after.source, configurationFileName).values,
  );
  return [...keys, ...differing(before.files, after.files)].sort();
}

function differing(before: RawValues, after: RawValues): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter(
    (name) => JSON.stringify(canonical(before[name])) !== JSON.stringify(canonical(after[name])),
  );
}
