import { withKeysOf } from '#/config/directory/edit-yaml.ts';
import { nodeLocalKeys } from '#/config/directory/node-local.ts';
import { changedNames } from '#/config/directory/read-directory.ts';
import {
  type ConfigurationVersionEntry,
  findLatestConfiguration,
  getConfigurationVersion,
  saveConfigurationVersion,
} from '#/domain/configuration/index.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Services } from '#/domain/services.ts';
import { describeErrors, type NodeDirectory } from './node-directory.ts';

/** Saves an old version as the newest one, from the command line; nodes take it over by themselves. Throws DomainError `not_found`, `invalid_request`. */
export async function rollBackVersion(
  services: Services,
  directory: NodeDirectory,
  number: number,
): Promise<ConfigurationVersionEntry> {
  const [version, latest, found] = await Promise.all([
    getConfigurationVersion(services, number),
    findLatestConfiguration(services.database.read),
    directory.read(),
  ]);
  const source = withKeysOf(version.content.source, found.source, nodeLocalKeys);
  const { problems, configuration } = await directory.check(source);
  if (configuration === undefined)
    throw new DomainError(
      'invalid_request',
      `Version ${number} does not validate: ${describeErrors(problems)}`,
    );
  const newest = latest === undefined ? version : await getConfigurationVersion(services, latest.number);
  const saved = await saveConfigurationVersion(services, {
    content: version.content,
    digest: version.digest,
    source: 'rollback',
    author: null,
    note: `back to version ${number}, from the command line`,
    base: newest.number,
    audit: {
      performer: undefined,
      accountId: null,
      changed: changedNames(newest.content, version.content),
    },
  });
  services.events.publish({ kind: 'configuration-changed' });
  return saved;
}
