import type { LogExportSettings, Services } from '#/domain/services.ts';

/** What a configuration without any key gives. */
const defaults: LogExportSettings = {
  folder: 'exportedactionlogs',
  maximumSeconds: 3600,
  maximumQuerySeconds: 30,
  linkSeconds: 3600,
};

export function exportSettings({ settings }: Pick<Services, 'settings'>): LogExportSettings {
  return settings.logExport ?? defaults;
}
