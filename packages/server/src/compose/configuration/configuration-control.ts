import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  ConfigurationAuthor,
  ConfigurationControl,
  SavedConfiguration,
} from '#/api/configuration-control.ts';
import { outboundSettings } from '#/compose/settings.ts';
import { packArchive, unpackArchive } from '#/config/directory/archive.ts';
import { editYaml, withKeysOf } from '#/config/directory/edit-yaml.ts';
import {
  isSharedFile,
  isUploadableFile,
  nodeLocalFiles,
  nodeLocalKeys,
} from '#/config/directory/node-local.ts';
import { type ConfigurationDirectory, fileLimitBytes } from '#/config/directory/read-directory.ts';
import type { RawValues } from '#/config/effective-values.ts';
import { configurationFileName, fileExists } from '#/config/find-directory.ts';
import { parseConfiguration } from '#/config/load-configuration.ts';
import { withSetupDefaults } from '#/config/setup-defaults.ts';
import { maskKey, maskValues, unmaskValues } from '#/config/unmask-values.ts';
import { findValidator, runValidator } from '#/config/validators/run-validator.ts';
import {
  getConfigurationVersion,
  listConfigurationNodes,
  listConfigurationVersions,
} from '#/domain/configuration/index.ts';
import { DomainError } from '#/domain/errors.ts';
import { writeChangeLog } from '#/domain/logs/index.ts';
import { extraDirectory } from '#/platform/certificates/extra-certificates.ts';
import { createOutboundHttp } from '#/platform/outbound-http.ts';
import { replaceFile } from '#/platform/replace-file.ts';
import { diffContents } from './diff-contents.ts';
import { describeErrors } from './node-directory.ts';
import { changedKeys, compareDirectory } from './reload.ts';
import { notWritable, type SavingParts, saveContent, valuesOf } from './save-content.ts';

/** Anybody may ask whether a restart is needed. */
const rememberedMs = 1000;

interface Parts extends SavingParts {
  readonly restart: () => void;
  /** With the key of this instance. */
  readonly signToken: (claims: Readonly<Record<string, unknown>>) => Promise<string>;
}

/** What the API does with the configuration of this node and the saved versions. */
export function createConfigurationControl(parts: Parts): ConfigurationControl {
  const { services, live, directory } = parts;
  let restartNeeded = { value: false, atMs: Number.NEGATIVE_INFINITY };
  return {
    async read() {
      const [{ source }, state, compared, writeFault] = await Promise.all([
        directory.read(),
        directory.state(),
        compareDirectory(live, directory),
        directory.findWriteFault(),
      ]);
      return {
        version: state.version,
        config: maskValues(valuesOf(source)),
        waiting: compared.waiting,
        writeFault,
      };
    },

    async requiresRestart() {
      if (restartNeeded.atMs + rememberedMs < performance.now()) {
        const { waiting } = await compareDirectory(live, directory);
        restartNeeded = { value: waiting.length > 0, atMs: performance.now() };
      }
      return restartNeeded.value;
    },

    async save(author, input) {
      const found = await directory.read();
      const current = valuesOf(found.source);
      const unmasked = unmask(input.config, current);
      const kept = { ...localOf(current), ...unmasked };
      refuseLocalChange(kept, current);
      const shown = withoutDefaults(kept, current, live.current.values);
      const values = withSetupDefaults(shown, {
        dataDirectory: directory.dataDirectory,
        hostname: input.hostname,
      });
      return await saveContent(parts, author, {
        found,
        source: editYaml(found.source, values),
        files: found.content.files,
        base: input.base,
        kind: 'api',
        note: input.note,
        password: input.password,
      });
    },

    async validate({ service, config, account, password }) {
      const validator = findValidator(service);
      if (validator === undefined) return undefined;
      const { source } = await directory.read();
      const values = unmask(config, valuesOf(source));
      const { problems, configuration } = await parseConfiguration(
        { values, problems: [] },
        { directory: directory.path, dataDirectory: directory.dataDirectory, env: process.env },
      );
      if (configuration === undefined) return { reason: describeErrors(problems) };
      const reason = await runValidator(validator, {
        configuration,
        given: configuration.given,
        directory: directory.path,
        caller: { username: account.name, email: account.email, password },
        running: live.current,
        signToken: parts.signToken,
        outbound: createOutboundHttp(outboundSettings(configuration)),
        logger: services.logger,
        warn: (message) => services.logger.info({ service, message }, 'a validator has a remark'),
      });
      return { reason: reason ?? null };
    },

    async hasFile(name) {
      requireFileName(name);
      return await fileExists(join(directory.path, name));
    },

    async saveFile(author, name, content) {
      requireFileName(name);
      if (content.length > fileLimitBytes)
        throw new DomainError('too_large', `The file has more than ${fileLimitBytes / 1024} kB.`);
      const found = await directory.read();
      if (nodeLocalFiles.has(name)) return await saveLocalFile(parts, author, found, { name, content });
      return await saveContent(parts, author, {
        found,
        source: found.source,
        files: { ...found.content.files, [name]: content.toString('base64') },
        base: undefined,
        kind: 'api',
        note: `upload of ${name}`,
      });
    },

    async saveAuthority(author, name, content) {
      const found = await directory.read();
      const path = `${extraDirectory}/${name}`;
      const { [path]: present, ...others } = found.content.files;
      if (content === undefined && present === undefined)
        throw new DomainError('not_found', `There is no file "${name}" in ${extraDirectory}.`);
      return await saveContent(parts, author, {
        found,
        source: found.source,
        files: content === undefined ? others : { ...others, [path]: content.toString('base64') },
        base: undefined,
        kind: 'api',
        note: `${content === undefined ? 'removal' : 'upload'} of ${path}`,
      });
    },

    async history(page) {
      const entries = await listConfigurationVersions(services.database.read, page);
      return entries.map(({ number, source, author, note, createdMs }) => ({
        version: number,
        source,
        author,
        note,
        createdMs,
      }));
    },

    async diff(from, to) {
      const [before, after] = await Promise.all([
        getConfigurationVersion(services, from),
        getConfigurationVersion(services, to),
      ]);
      return diffContents(before.content, after.content);
    },

    async rollback(author, number) {
      const [found, version] = await Promise.all([
        directory.read(),
        getConfigurationVersion(services, number),
      ]);
      return await saveContent(parts, author, {
        found,
        source: withKeysOf(version.content.source, found.source, nodeLocalKeys),
        files: version.content.files,
        base: undefined,
        kind: 'rollback',
        note: `back to version ${number}`,
      });
    },

    nodes: () => listConfigurationNodes(services),

    async pack() {
      const { source, content } = await directory.read();
      const local = await Promise.all(
        [...nodeLocalFiles].map(
          async (name) => [name, await readIfThere(join(directory.path, name))] as const,
        ),
      );
      return packArchive(
        new Map<string, Uint8Array>([
          [configurationFileName, Buffer.from(source)],
          ...Object.entries(content.files).map(
            ([path, text]) => [path, Buffer.from(text, 'base64')] as const,
          ),
          ...local.flatMap(([name, bytes]) => (bytes === undefined ? [] : [[name, bytes] as const])),
        ]),
      );
    },

    async unpack(author, archive) {
      const files = unpackArchive(archive);
      const source = files.get(configurationFileName)?.toString('utf8');
      if (source === undefined)
        throw new DomainError('invalid_request', `The archive holds no ${configurationFileName}.`);
      const strange = [...files.keys()].find(
        (path) => path !== configurationFileName && !isSharedFile(path) && !nodeLocalFiles.has(path),
      );
      if (strange !== undefined)
        throw new DomainError(
          'invalid_request',
          `The archive holds ${JSON.stringify(strange)}, which is no file of a configuration.`,
        );
      const found = await directory.read();
      const shared = [...files].filter(([path]) => isSharedFile(path));
      return await saveContent(parts, author, {
        found,
        source: withKeysOf(source, found.source, nodeLocalKeys),
        files: Object.fromEntries(shared.map(([path, bytes]) => [path, bytes.toString('base64')])),
        base: undefined,
        kind: 'api',
        note: 'upload of an archive',
      });
    },

    restart: parts.restart,
  };
}

/** A file that stays with the node is no part of a version. */
async function saveLocalFile(
  { directory, services }: Parts,
  author: ConfigurationAuthor,
  { content }: ConfigurationDirectory,
  file: { readonly name: string; readonly content: Buffer },
): Promise<SavedConfiguration> {
  const fault = await directory.findWriteFault();
  if (fault !== undefined) throw notWritable(fault, content, content, [file.name]);
  await replaceFile(join(directory.path, file.name), file.content);
  await services.database.transaction((db) =>
    writeChangeLog(services, db, {
      kind: 'change_configuration',
      accountId: author.account.id,
      performer: author.performer,
      metadata: { changed: [file.name], node: directory.hostname, superuser: author.account.name },
    }),
  );
  return { version: (await directory.state()).version ?? 0, now: [], restart: [file.name] };
}

function localOf(values: RawValues): RawValues {
  return Object.fromEntries(Object.entries(values).filter(([name]) => nodeLocalKeys.has(name)));
}

function unmask(config: RawValues, current: RawValues): Record<string, unknown> {
  const { values, unresolved } = unmaskValues(config, current);
  if (unresolved.length === 0) return values;
  throw new DomainError(
    'invalid_request',
    `These hold *** in place of a secret that is not stored under that name: ${unresolved.join(', ')}. Give the secrets themselves.`,
  );
}

function refuseLocalChange(values: RawValues, current: RawValues): void {
  const changed = changedKeys(localOf(current), localOf(values));
  if (changed.length === 0) return;
  throw new DomainError(
    'invalid_request',
    `${changed.join(', ')}: what reaches and decrypts the database is not changed here but in config.yaml of each node, followed by a restart.`,
  );
}

/** Keys that the file does not hold and that say what counts without them, as a read of the running configuration shows them. */
function withoutDefaults(values: RawValues, current: RawValues, running: RawValues): RawValues {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([name, value]) =>
        Object.hasOwn(current, name) ||
        !Object.hasOwn(running, name) ||
        JSON.stringify(value) !== JSON.stringify(maskKey(name, running[name])),
    ),
  );
}

function requireFileName(name: string): void {
  if (!isUploadableFile(name))
    throw new DomainError('not_found', 'No file of the configuration has this name.');
}

async function readIfThere(path: string): Promise<Buffer | undefined> {
  return await readFile(path).catch(() => undefined);
}
