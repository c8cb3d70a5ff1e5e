import { join } from 'node:path';
import { folder } from '#/config/folder.ts';
import { type DefaultContext, key, section } from '#/config/key.ts';
import { storageLocations } from '#/config/storage-engines.ts';
import { boolean, integer, nonEmptyText, pattern, textList } from '#/config/value-types.ts';

/** The store in a data directory, as it stands in the first configuration file. */
export function embeddedStorage({ dataDirectory }: DefaultContext): Record<string, unknown> {
  return { default: ['LocalStorage', { storage_path: join(dataDirectory, 'storage') }] };
}

export const storageSection = section('Storage', {
  locations: key('DISTRIBUTED_STORAGE_CONFIG', storageLocations, {
    default: embeddedStorage,
    defaultText: '`storage` in the data directory',
    since: '2.9',
    summary: 'Location id to `[engine, {parameters}]`.',
  }),
  preference: key('DISTRIBUTED_STORAGE_PREFERENCE', textList, {
    defaultText: 'all locations, in the order of the file',
    since: '2.9',
    summary: 'Location ids in order of choice. The first takes the writes.',
  }),
  defaultLocations: key('DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS', textList, {
    later: true,
    default: [],
    since: '2.9',
    summary: 'Ids to which every blob is copied when replication is on.',
  }),
  featureStorageReplication: key('FEATURE_STORAGE_REPLICATION', boolean, {
    later: true,
    default: false,
    since: '2.9',
    summary: 'Copy blobs between locations; not possible with `LocalStorage`.',
  }),
  userFilesLocation: key('USERFILES_LOCATION', nonEmptyText, {
    defaultText: 'the location that takes the writes',
    since: '2.9',
    summary: 'Id of the location of files that people uploaded, such as archives for builds.',
  }),
  userFilesPath: key('USERFILES_PATH', folder, {
    default: 'userfiles/',
    since: '2.9',
    summary: 'Folder of them there.',
  }),
  accelRedirectPrefix: key('X_ACCEL_REDIRECT_PREFIX', pattern(/^\/[\w/.-]*$/, 'a path that starts with /'), {
    since: 'Wharf',
    summary:
      'Internal path of an nginx in front that reads the local store itself; blobs are then answered with `X-Accel-Redirect`.',
  }),
  cleanBlobUploadFolder: key('CLEAN_BLOB_UPLOAD_FOLDER', boolean, {
    default: true,
    since: '3.7',
    summary: 'Remove what abandoned uploads left in the store.',
  }),
  featureStaleMultipartCleanup: key('FEATURE_ENABLE_STALE_MPU_CLEANUP', boolean, {
    default: true,
    since: '3.x',
    summary: 'Abort multipart uploads that no running upload owns.',
  }),
  blobUploadCleanupFrequencySeconds: key('BLOBUPLOAD_CLEANUP_FREQUENCY', integer(1), {
    default: 3600,
    since: '2.9 (not in its guide)',
    summary: 'Seconds between two rounds of that clean-up.',
  }),
});
