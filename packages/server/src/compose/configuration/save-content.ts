import type { ConfigurationAuthor, SavedConfiguration } from '#/api/configuration-control.ts';
import type { LiveConfiguration } from '#/compose/live-configuration.ts';
import { withoutKeys, writeYaml } from '#/config/directory/edit-yaml.ts';
import { isSharedFile, isUploadableFile, nodeLocalKeys } from '#/config/directory/node-local.ts';
import { type ConfigurationDirectory, changedNames, digestOf } from '#/config/directory/read-directory.ts';
import type { RawValues } from '#/config/effective-values.ts';
import { configurationFileName } from '#/config/find-directory.ts';
import { parseYaml } from '#/config/parse-yaml.ts';
import { effectOf } from '#/config/takes-effect.ts';
import { maskKey } from '#/config/unmask-values.ts';
import {
  type ConfigurationContent,
  type ConfigurationVersionEntry,
  findLatestConfiguration,
  saveConfigurationVersion,
} from '#/domain/configuration/index.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { checkFiles, keepSuperuser } from './check-candidate.ts';
import type { ConfigurationFollower } from './follow-configuration.ts';
import { linkCaller } from './link-caller.ts';
import { describeErrors, type NodeDirectory } from './node-directory.ts';
import { changedKeys } from './reload.ts';

/** What saving a version works on. */
export interface SavingParts {
  readonly services: Services;
  readonly live: LiveConfiguration;
  readonly directory: NodeDirectory;
  readonly follower: ConfigurationFollower;
}

/** A configuration that is to be the newest version. */
export interface Candidate {
  readonly found: ConfigurationDirectory;
  /** `config.yaml` whole, for this node. */
  readonly source: string;
  readonly files: ConfigurationContent['files'];
  readonly base: number | undefined;
  readonly kind: ConfigurationVersionEntry['source'];
  readonly note: string;
  /** Of the author in a new directory. */
  readonly password?: string | undefined;
}

/** Validates, saves as the newest version and takes it over here; the other nodes follow. */
export async function saveContent(
  parts: SavingParts,
  author: ConfigurationAuthor,
  candidate: Candidate,
): Promise<SavedConfiguration> {
  const { services, live, directory, follower } = parts;
  const { found } = candidate;
  if (services.settings.readOnly) throw new DomainError('read_only', 'The registry is read-only at present.');
  checkFiles(candidate.files);
  const content = { source: withoutKeys(candidate.source, nodeLocalKeys), files: candidate.files };
  const changed = changedNames(found.content, content);
  const [{ problems, configuration }, latest, state, fault] = await Promise.all([
    directory.check(candidate.source),
    findLatestConfiguration(services.database.read),
    directory.state(),
    directory.findWriteFault(),
  ]);
  if (configuration === undefined)
    throw new DomainError(
      'invalid_request',
      `The configuration does not validate: ${describeErrors(problems)}`,
    );
  await keepSuperuser(services, configuration);
  if (fault !== undefined) throw notWritable(fault, found.content, content, changed);
  if (directory.isEditedByHand(found, state))
    throw new DomainError(
      'changed_meanwhile',
      'config.yaml was changed by hand since this node started: restart it, which makes that the newest version, and make your change again.',
    );
  if (latest !== undefined && state.version !== latest.number) throw behind(latest, state.version);
  if (candidate.kind === 'api' && candidate.source !== found.source) {
    await linkCaller(services, {
      account: author.account,
      password: candidate.password,
      running: live.current,
      wanted: configuration,
    });
  }
  const saved = await saveConfigurationVersion(services, {
    content,
    digest: digestOf(content),
    source: candidate.kind,
    author: author.account.name,
    note: candidate.note,
    base: candidate.base ?? latest?.number ?? 0,
    audit: { performer: author.performer, accountId: author.account.id, changed },
  });
  const before = live.current.values;
  const refusal = await directory.adopt({ ...saved, content }, candidate.source);
  const { waiting } = await follower.reload();
  services.events.publish({ kind: 'configuration-changed' });
  if (refusal !== undefined)
    services.logger.error(
      { version: saved.number, reason: refusal },
      'a saved configuration is not used here',
    );
  const names = [...new Set([...changedKeys(before, configuration.values), ...changed])].sort();
  return {
    version: saved.number,
    now: names.filter((name) => !waiting.includes(name) && effectOfName(name, content) === 'now'),
    restart: waiting,
  };
}

/** Files are read again by whoever uses them. */
function effectOfName(name: string, { files }: ConfigurationContent): string {
  return isSharedFile(name) || Object.hasOwn(files, name) ? 'now' : effectOf(name);
}

/** With a mounted secret or volume the change is made where that comes from; the text to put there, without secrets. */
export function notWritable(
  fault: string,
  before: ConfigurationContent,
  after: ConfigurationContent,
  changed: readonly string[],
): DomainError {
  const values = valuesOf(after.source);
  const keys = changed.filter((name) => Object.hasOwn(values, name));
  const snippet = writeYaml(Object.fromEntries(keys.map((name) => [name, maskKey(name, values[name])])));
  const removed = changed.filter(
    (name) => Object.hasOwn(valuesOf(before.source), name) && !keys.includes(name),
  );
  const files = changed.filter((name) => isUploadableFile(name) || isSharedFile(name));
  return new DomainError(
    'invalid_request',
    [
      `Nothing was saved: ${fault}. Make the change where the directory comes from (a secret of Kubernetes, a volume), then restart the nodes.`,
      ...(keys.length > 0
        ? [`Put these keys into config.yaml, with the secrets in place of ***:\n${snippet}`]
        : []),
      ...(removed.length > 0 ? [`Take out: ${removed.join(', ')}.`] : []),
      ...(files.length > 0 ? [`Replace the files: ${files.join(', ')}.`] : []),
    ].join('\n'),
    { detail: { snippet } },
  );
}

function behind(latest: ConfigurationVersionEntry, version: number | null): DomainError {
  return new DomainError(
    'changed_meanwhile',
    `Version ${latest.number} was saved${latest.author === null ? '' : ` by ${latest.author}`}, and this node still has ${version ?? 'none'}: try again in some seconds, from the newest version.`,
    { detail: { version: latest.number } },
  );
}

/** The keys in a text. */
export function valuesOf(source: string): RawValues {
  return parseYaml(source, configurationFileName).values;
}
