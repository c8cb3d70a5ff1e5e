import type { Problem } from '#/config/problem.ts';

/** What the process environment says about the configuration. */
export interface EnvironmentSettings {
  /** `QUAY_OVERRIDE_CONFIG`, merged last over the file. */
  readonly override: Readonly<Record<string, unknown>>;
  /** `QUAY_DISTRIBUTED_STORAGE_PREFERENCE`. */
  readonly storagePreference: readonly string[] | undefined;
  /** `IGNORE_VALIDATION` is set to anything. */
  readonly ignoreValidation: boolean;
  /** `WORKER_COUNT_REGISTRY`, else `WORKER_COUNT`; undefined leaves the choice to the server. */
  readonly registryProcesses: number | undefined;
  readonly logLevel: 'info' | 'debug';
  /** `WHARF_ACCESS_LOG`: a line for each request, unless it is `false`. */
  readonly accessLog: boolean;
  /** `DB_CONNECTION_POOLING`, for a file that does not say. */
  readonly connectionPooling: boolean | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Reads the variables; a malformed one becomes a problem and counts as absent. */
export function readEnvironment(env: Env): { settings: EnvironmentSettings; problems: Problem[] } {
  const problems: Problem[] = [];
  const settings: EnvironmentSettings = {
    override: readOverride(env, problems),
    storagePreference: words(env.QUAY_DISTRIBUTED_STORAGE_PREFERENCE),
    ignoreValidation: (env.IGNORE_VALIDATION ?? '') !== '',
    registryProcesses: readProcesses(env, problems),
    logLevel: isTrue(env.DEBUGLOG) ? 'debug' : 'info',
    accessLog: !/^(?:false|0|no|off)$/i.test(env.WHARF_ACCESS_LOG ?? ''),
    connectionPooling:
      env.DB_CONNECTION_POOLING === undefined ? undefined : isTrue(env.DB_CONNECTION_POOLING),
  };
  return { settings, problems };
}

function words(value: string | undefined): string[] | undefined {
  const found = (value ?? '').split(/\s+/).filter((word) => word !== '');
  return found.length === 0 ? undefined : found;
}

function isTrue(value: string | undefined): boolean {
  return /^(?:true|1|yes|on)$/i.test(value ?? '');
}

function readProcesses(env: Env, problems: Problem[]): number | undefined {
  for (const name of ['WORKER_COUNT_REGISTRY', 'WORKER_COUNT']) {
    const value = env[name];
    if (value === undefined || value === '') continue;
    if (/^[1-9][0-9]{0,2}$/.test(value)) return Number(value);
    problems.push({
      severity: 'error',
      key: name,
      value: JSON.stringify(value),
      expected: 'a whole number from 1 to 999',
      message: 'the environment variable is not a number of processes',
    });
  }
  return undefined;
}

function readOverride(env: Env, problems: Problem[]): Record<string, unknown> {
  const source = env.QUAY_OVERRIDE_CONFIG;
  if (source === undefined || source.trim() === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(source, keepLongNumbers);
  } catch {
    parsed = undefined;
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  problems.push({
    severity: 'error',
    key: 'QUAY_OVERRIDE_CONFIG',
    expected: 'a JSON object',
    message: 'the environment variable is not a JSON object',
  });
  return {};
}

/** A secret key given as a bare number does not fit a double; its digits do. */
function keepLongNumbers(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  const digits = context?.source;
  if (typeof value !== 'number' || Number.isSafeInteger(value) || digits === undefined) return value;
  return /^-?[0-9]+$/.test(digits) ? BigInt(digits) : value;
}
