import { hostname } from 'node:os';
import { withKeysOf } from '#/config/directory/edit-yaml.ts';
import { nodeLocalKeys } from '#/config/directory/node-local.ts';
import { type ConfigurationDirectory, digestOf, readDirectory } from '#/config/directory/read-directory.ts';
import { findWriteFault, writeDirectory } from '#/config/directory/write-directory.ts';
import { configurationFileName } from '#/config/find-directory.ts';
import { parseConfiguration } from '#/config/load-configuration.ts';
import { parseYaml } from '#/config/parse-yaml.ts';
import type { Problem } from '#/config/problem.ts';
import type { ConfigurationContent, ConfigurationVersion } from '#/domain/configuration/index.ts';
import { findStrangeFile } from './check-candidate.ts';
import { type NodeState, readNodeState, writeNodeState } from './node-state.ts';

/** The configuration directory of this node and what it remembers of it; every process of a node has one. */
export interface NodeDirectory {
  readonly path: string;
  readonly dataDirectory: string;
  readonly hostname: string;
  read(): Promise<ConfigurationDirectory>;
  state(): Promise<NodeState>;
  /** Whether `config.yaml` is not what this node wrote or found last. */
  isEditedByHand(found: ConfigurationDirectory, state: NodeState): boolean;
  /** Remembers what the directory holds now as this version. */
  settle(version: number | null): Promise<void>;
  /** Why nothing can be written, or undefined. */
  findWriteFault(): Promise<string | undefined>;
  /** What the version would be here, with the keys that stay with the node. */
  check(source: string): ReturnType<typeof parseConfiguration>;
  /**
   * Writes the version into the directory; returns why that is refused, with nothing changed. `source` is its `config.yaml` for this node, where
   * that is known better than from the version and the keys that stay here.
   */
  adopt(version: ConfigurationVersion, source?: string): Promise<string | undefined>;
}

export function createNodeDirectory(path: string, dataDirectory: string): NodeDirectory {
  const check = (source: string) =>
    parseConfiguration(parseYaml(source, configurationFileName), {
      directory: path,
      dataDirectory,
      env: process.env,
    });
  const directory: NodeDirectory = {
    path,
    dataDirectory,
    hostname: hostname(),
    read: () => readDirectory(path),
    state: () => readNodeState(dataDirectory, path),
    isEditedByHand(found, state) {
      return (
        state.version !== null && state.writing === null && sourceDigest(found.content) !== state.sourceDigest
      );
    },
    async settle(version) {
      const [{ content }, state] = await Promise.all([readDirectory(path), directory.state()]);
      await writeNodeState(dataDirectory, {
        ...state,
        version,
        sourceDigest: sourceDigest(content),
        digest: digestOf(content),
        writing: null,
      });
    },
    findWriteFault: () => findWriteFault(path),
    check,
    async adopt(version, own) {
      const [found, state] = await Promise.all([readDirectory(path), directory.state()]);
      if (digestOf(found.content) === version.digest) {
        await directory.settle(version.number);
        return undefined;
      }
      const strange = findStrangeFile(version.content.files);
      if (strange !== undefined)
        return `it holds ${JSON.stringify(strange)}, which is no file of a configuration`;
      if (directory.isEditedByHand(found, state))
        return 'config.yaml was changed by hand since this node started; restart the node to make that the newest version';
      const fault = await findWriteFault(path);
      if (fault !== undefined) return fault;
      const source = own ?? withKeysOf(version.content.source, found.source, nodeLocalKeys);
      const { problems, configuration } = await check(source);
      if (configuration === undefined) return describeErrors(problems);
      await writeNodeState(dataDirectory, { ...state, writing: version.number });
      await writeDirectory(path, { source, from: found.content.files, to: version.content.files });
      await directory.settle(version.number);
      return undefined;
    },
  };
  return directory;
}

function sourceDigest({ source }: ConfigurationContent): string {
  return digestOf({ source, files: {} });
}

/** The errors in one line; holds no secret. */
export function describeErrors(problems: readonly Problem[]): string {
  return problems
    .filter(({ severity }) => severity === 'error')
    .map(
      ({ key, message, expected }) =>
        `${key} ${message}${expected === undefined ? '' : ` (expected: ${expected})`}`,
    )
    .join('; ');
}
