import { digestOf } from '#/config/directory/read-directory.ts';
import {
  findLatestConfiguration,
  getConfigurationVersion,
  isKnownConfiguration,
  saveConfigurationVersion,
} from '#/domain/configuration/index.ts';
import type { Services } from '#/domain/services.ts';
import type { NodeDirectory } from './node-directory.ts';

/**
 * Brings directory and newest version together when a node starts: what was changed by hand becomes the newest version, else the newest
 * version is written into the directory. True: the directory is another one than it was. A start never fails because of this.
 */
export async function settleAtStart(services: Services, directory: NodeDirectory): Promise<boolean> {
  try {
    return await settle(services, directory);
  } catch (error) {
    services.logger.warn(
      { err: error },
      'the configuration of this node cannot be compared with the saved versions',
    );
    return false;
  }
}

async function settle(services: Services, directory: NodeDirectory): Promise<boolean> {
  const [found, state, latest] = await Promise.all([
    directory.read(),
    directory.state(),
    findLatestConfiguration(services.database.read),
  ]);
  const digest = digestOf(found.content);
  const isOwn = state.version !== null && digest === state.digest;
  if (latest !== undefined && (digest === latest.digest || (isOwn && state.version === latest.number))) {
    await directory.settle(latest.number);
    return false;
  }
  // Without a memory of this directory, what no version says was written by hand.
  const isEdited =
    state.writing === null &&
    (state.version === null ? !(await isKnownConfiguration(services.database.read, digest)) : !isOwn);
  if (latest === undefined || isEdited) {
    const saved = await saveConfigurationVersion(services, {
      content: found.content,
      digest,
      source: 'file',
      author: null,
      note: `found by ${directory.hostname} when it started`,
      base: latest?.number ?? 0,
      audit: { performer: undefined, accountId: null, changed: [] },
    });
    await directory.settle(saved.number);
    services.logger.info({ version: saved.number }, 'the configuration file is a new version');
    return false;
  }
  const refusal = await directory.adopt(await getConfigurationVersion(services, latest.number));
  if (refusal !== undefined) {
    services.logger.warn(
      { version: latest.number, reason: refusal },
      'the saved configuration is not used here',
    );
    return false;
  }
  services.logger.info({ version: latest.number }, 'the saved configuration was written into the directory');
  return true;
}
