import type { QueueNames, Services } from '#/domain/services.ts';

/** What a configuration without any key gives. */
const defaults: QueueNames = {
  notifications: 'notification',
  builds: 'dockerfilebuild',
  replication: 'imagestoragereplication',
  repositoryDeletion: 'repositorygc',
  namespaceDeletion: 'namespacegc',
  logExport: 'exportactionlogs',
};

/** What this installation calls its queues. */
export function queueNamesOf({ settings }: Pick<Services, 'settings'>): QueueNames {
  return settings.queueNames ?? defaults;
}
