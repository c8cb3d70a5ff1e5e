import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkNames, isConfigurationKey, parseValues } from '#/config/check-values.ts';
import type { Configuration, ParsedSections } from '#/config/configuration.ts';
import { effectiveValues, type RawValues } from '#/config/effective-values.ts';
import { type EnvironmentSettings, readEnvironment } from '#/config/environment.ts';
import {
  configurationFileName,
  type DirectoryOptions,
  fileExists,
  findConfigurationDirectory,
} from '#/config/find-directory.ts';
import { writeFirstConfiguration } from '#/config/first-configuration.ts';
import { type ParsedYaml, parseYaml } from '#/config/parse-yaml.ts';
import { InvalidConfigurationError, type Problem } from '#/config/problem.ts';
import { resolveConnectionFiles } from '#/config/resolve-connection-files.ts';
import { checkSecrets, resolveSecrets, type Secrets } from '#/config/resolve-secrets.ts';
import { checkRules } from '#/config/rules.ts';

export interface LoadedConfiguration {
  readonly configuration: Configuration;
  /** What the log should say once: warnings, one line about keys without effect, and errors that IGNORE_VALIDATION passed over. */
  readonly warnings: readonly Problem[];
  /** Absolute path of the directory that was used. */
  readonly directory: string;
  /** This call wrote the configuration file. */
  readonly firstStart: boolean;
}

export interface ConfigurationReport {
  readonly directory: string;
  /** False when the first start would write the file. */
  readonly fileFound: boolean;
  readonly problems: readonly Problem[];
}

/** A default in place of one of these would hide data, or write what nobody can read later. */
const neverPassedOver: ReadonlySet<string> = new Set([
  configurationFileName,
  'DB_URI',
  'DISTRIBUTED_STORAGE_CONFIG',
  'SECRET_KEY',
  'DATABASE_SECRET_KEY',
]);

const jwtKeyFileName = 'jwt-authn.cert';

interface Draft {
  /** Absolute path of the directory. */
  readonly directory: string;
  readonly given: RawValues;
  readonly values: RawValues;
  readonly parsed: ParsedSections;
  readonly environment: EnvironmentSettings;
  readonly problems: readonly Problem[];
}

/**
 * Reads defaults, `config.yaml` and environment, in that order, into a Configuration; without a file the first start writes one. Throws
 * InvalidConfigurationError with all problems, unless `IGNORE_VALIDATION` is set: then wrong keys count as absent.
 */
export async function loadConfiguration(options: DirectoryOptions): Promise<LoadedConfiguration> {
  const dataDirectory = resolve(options.dataDirectory);
  const directory = await findConfigurationDirectory(options);
  const path = join(directory, configurationFileName);
  let source = await readIfPresent(path);
  let firstStart = false;
  if (source === undefined) {
    if (options.directory !== undefined) throw new InvalidConfigurationError([missingFile(path)]);
    const first = await writeFirstConfiguration(directory, dataDirectory);
    source = first.content;
    firstStart = first.created;
  }
  const file = parseYaml(source, configurationFileName);
  let draft = await readDraft(file, directory, dataDirectory, options.env);
  const errors = draft.problems.filter((problem) => problem.severity === 'error');
  const passedOver: Problem[] = [];
  if (errors.length > 0) {
    const refused = [...wrongKeys(errors)].some((name) => neverPassedOver.has(name));
    if (!draft.environment.ignoreValidation || refused) throw new InvalidConfigurationError(draft.problems);
    passedOver.push(...errors);
    draft = await readDraft(file, directory, dataDirectory, options.env, wrongKeys(errors));
  }
  const secrets = await resolveSecrets(draft.parsed, dataDirectory);
  return {
    configuration: finish(draft, secrets, await fileExists(join(directory, 'ssl.key'))),
    warnings: [...passedOver, ...summarise(draft.problems)],
    directory,
    firstStart,
  };
}

/** All problems of the configuration, without changing anything. */
export async function inspectConfiguration(options: DirectoryOptions): Promise<ConfigurationReport> {
  const dataDirectory = resolve(options.dataDirectory);
  const directory = await findConfigurationDirectory(options);
  const path = join(directory, configurationFileName);
  const source = await readIfPresent(path);
  if (source === undefined) {
    const missing: Problem =
      options.directory === undefined
        ? {
            severity: 'info',
            key: configurationFileName,
            message: `does not exist; the first start writes ${path}`,
          }
        : missingFile(path);
    const { problems } = readEnvironment(options.env);
    return { directory, fileFound: false, problems: [missing, ...problems] };
  }
  const file = parseYaml(source, configurationFileName);
  const { problems } = await readDraft(file, directory, dataDirectory, options.env);
  return { directory, fileFound: true, problems };
}

/** What a file with these values would give in this directory; no configuration where a problem is an error. Writes nothing but what a start would. */
export async function parseConfiguration(
  file: ParsedYaml,
  options: {
    /** Both absolute. */
    readonly directory: string;
    readonly dataDirectory: string;
    readonly env: DirectoryOptions['env'];
    /** Whether `ssl.key` counts; absent: when it lies in the directory. A running server starts no TLS. */
    readonly hasServerKey?: boolean;
  },
): Promise<{ readonly problems: readonly Problem[]; readonly configuration: Configuration | undefined }> {
  const { directory, dataDirectory, env } = options;
  const draft = await readDraft(file, directory, dataDirectory, env);
  if (draft.problems.some(({ severity }) => severity === 'error'))
    return { problems: draft.problems, configuration: undefined };
  const secrets = await resolveSecrets(draft.parsed, dataDirectory);
  const hasServerKey = options.hasServerKey ?? (await fileExists(join(directory, 'ssl.key')));
  return { problems: draft.problems, configuration: finish(draft, secrets, hasServerKey) };
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw new InvalidConfigurationError([
        {
          severity: 'error',
          key: configurationFileName,
          message: `${path} cannot be read: ${String(error.code)}`,
        },
      ]);
    }
    throw error;
  }
}

function missingFile(path: string): Problem {
  return {
    severity: 'error',
    key: configurationFileName,
    expected: `a file ${path}, or no --config option`,
    message: 'does not exist in the given directory',
  };
}

async function readDraft(
  file: ParsedYaml,
  directory: string,
  dataDirectory: string,
  env: DirectoryOptions['env'],
  without: ReadonlySet<string> = new Set(),
): Promise<Draft> {
  const environment = readEnvironment(env);
  const { override, storagePreference } = environment.settings;
  const merged: Record<string, unknown> = { ...file.values, ...override };
  if (storagePreference !== undefined) merged.DISTRIBUTED_STORAGE_PREFERENCE = storagePreference;
  const names = checkNames(merged);
  const kept = Object.entries(merged).filter(([name]) => isConfigurationKey(name) && !without.has(name));
  const { parsed, problems } = parseValues(Object.fromEntries(kept), { dataDirectory });
  const files = await resolveConnectionFiles(parsed.database.connectionArguments, directory);
  const given = kept.flatMap(([name, value]) => (isGiven(value) ? [name] : []));
  const rules = checkRules(parsed, wrongKeys(problems), given);
  const draft = {
    directory,
    given: Object.fromEntries(kept),
    values: effectiveValues(Object.fromEntries(kept), { dataDirectory }),
    parsed: { ...parsed, database: { ...parsed.database, connectionArguments: files.resolved } },
    environment: environment.settings,
    problems: [
      ...file.problems,
      ...(await checkFiles(directory)),
      ...(await checkJwtKey(parsed, directory)),
      ...environment.problems,
      ...names,
      ...problems,
      ...files.problems,
      ...rules,
    ],
  };
  return file.problems.some((problem) => problem.severity === 'error')
    ? draft
    : { ...draft, problems: [...draft.problems, ...checkSecrets(parsed)] };
}

/** Forms save an empty object for what was never filled in. */
function isGiven(value: unknown): boolean {
  return typeof value === 'object' ? Object.keys(value ?? {}).length > 0 : value !== undefined;
}

async function checkFiles(directory: string): Promise<Problem[]> {
  if (!(await fileExists(join(directory, 'config.py')))) return [];
  return [
    {
      severity: 'warning',
      key: 'config.py',
      expected: 'its settings in config.yaml',
      message: 'is not executed: its settings have no effect',
    },
  ];
}

async function checkJwtKey({ access }: ParsedSections, directory: string): Promise<Problem[]> {
  if (access.authenticationType !== 'JWT' || (await fileExists(join(directory, jwtKeyFileName)))) return [];
  return [
    {
      severity: 'error',
      key: jwtKeyFileName,
      expected: 'a file beside config.yaml with the certificate or public key of the service, PEM',
      message: 'is missing, and needed with AUTHENTICATION_TYPE: JWT',
    },
  ];
}

/** Top-level names of the keys that errors are about. */
function wrongKeys(problems: readonly Problem[]): Set<string> {
  const errors = problems.filter((problem) => problem.severity === 'error');
  return new Set(
    errors.map(({ key }) => (key === configurationFileName ? key : (/^[^.[]+/.exec(key)?.[0] ?? key))),
  );
}

function summarise(problems: readonly Problem[]): Problem[] {
  const warnings = problems.filter((problem) => problem.severity === 'warning');
  const idle = problems.filter((problem) => problem.severity === 'info').map((problem) => problem.key);
  if (idle.length === 0) return warnings;
  const message = `holds keys that are known, but have no effect yet: ${idle.join(', ')}`;
  return [...warnings, { severity: 'info', key: configurationFileName, message }];
}

function finish(
  { directory, parsed, environment, given, values }: Draft,
  secrets: Secrets,
  hasServerKey: boolean,
): Configuration {
  const { database, redis, storage, sessions } = parsed;
  const { externalTlsTermination } = parsed.server;
  // URLs without TLS would only lead to redirects, which take the credentials off a log-in.
  const server =
    hasServerKey || externalTlsTermination
      ? { ...parsed.server, preferredUrlScheme: 'https' as const }
      : parsed.server;
  return {
    ...parsed,
    server,
    tls: { ...parsed.tls, enabled: hasServerKey && !externalTlsTermination },
    jwt: { ...parsed.jwt, keyFile: join(directory, jwtKeyFileName) },
    database: { ...database, connectionPooling: environment.connectionPooling ?? database.connectionPooling },
    redis: {
      ...redis,
      userEvents: redis.userEvents ?? hostOnly(redis.userEventsHostname),
      buildLogs: redis.buildLogs ?? hostOnly(redis.buildLogsHostname),
    },
    storage: {
      ...storage,
      preference: storage.preference?.length
        ? storage.preference
        : storage.locations.map((location) => location.name),
    },
    sessions: {
      ...sessions,
      sessionCookieSecure:
        sessions.sessionCookieSecure ||
        (server.preferredUrlScheme === 'https' && !sessions.forceNonsecureSessionCookie),
    },
    secrets: { ...parsed.secrets, ...secrets },
    given,
    values,
    workers: { ...parsed.workers, registryProcesses: environment.registryProcesses },
    logging: { level: environment.logLevel, accessLog: environment.accessLog },
  };
}

function hostOnly(host: string | undefined): Record<string, unknown> | undefined {
  return host === undefined ? undefined : { host };
}
