import { defineValidator } from '#/config/validators/define-validator.ts';

export const actionLogArchivingValidator = defineValidator({
  service: 'actionlogarchiving',
  runsWhen: ({ logs }) => logs.featureRotation,
  async check({ configuration, given }) {
    const { logs, storage } = configuration;
    if (typeof given.ACTION_LOG_ARCHIVE_PATH !== 'string' || logs.archivePath === '')
      return 'ACTION_LOG_ARCHIVE_PATH is missing.';
    const { archiveLocation } = logs;
    if (archiveLocation === undefined || archiveLocation === '')
      return 'ACTION_LOG_ARCHIVE_LOCATION is missing.';
    if (!storage.locations.some(({ name }) => name === archiveLocation))
      return `ACTION_LOG_ARCHIVE_LOCATION "${archiveLocation}" is not a location of DISTRIBUTED_STORAGE_CONFIG.`;
    return undefined;
  },
});
