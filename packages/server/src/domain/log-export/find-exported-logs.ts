import type { Readable } from 'node:stream';
import { countAliveQueueItems, queueName } from '#/domain/background/index.ts';
import type { Services } from '#/domain/services.ts';
import { exportedLogsPath } from '#/storage/paths.ts';
import { exportSettings } from './export-settings.ts';
import { removalQueue } from './write-export.ts';

const fileIdPattern = /^[0-9a-f-]{36}-[0-9a-f]{32}$/;

/** A finished export by the unguessable id in its link; undefined when there is none or its link has run out. */
export async function findExportedLogs(
  services: Services,
  fileId: string,
): Promise<{ readonly sizeBytes: number; read(): Promise<Readable> } | undefined> {
  if (!fileIdPattern.test(fileId)) return undefined;
  const name = queueName(removalQueue, fileId);
  if ((await countAliveQueueItems(services.database.read, name)) === 0) return undefined;
  const { driver } = services.storage.preferred;
  const path = exportedLogsPath(exportSettings(services).folder, fileId);
  const found = await driver.stat(path);
  return found && { sizeBytes: found.sizeBytes, read: () => driver.read(path) };
}
