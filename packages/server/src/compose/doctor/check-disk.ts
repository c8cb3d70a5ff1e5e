import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type DoctorCheck, type Finding, failed, ok, type Patient, warning } from './finding.ts';

/** Free space where the data lie, against the thresholds of the health checks. */
export const diskCheck: DoctorCheck = {
  name: 'disk',
  async run(patient) {
    const { configuration, dataDirectory } = patient;
    const local = configuration.storage.locations
      .filter(({ engine }) => engine === 'LocalStorage')
      .map(({ parameters }) => String(parameters.storage_path));
    return await Promise.all([...new Set([dataDirectory, ...local])].map((path) => examine(path, patient)));
  },
};

async function examine(path: string, { configuration }: Patient): Promise<Finding> {
  const { diskSpaceThreshold, diskSpaceWarningThreshold } = configuration.health;
  const { bavail, blocks, bsize } = await statfsAt(path);
  const share = blocks === 0 ? 1 : bavail / blocks;
  const gigabytes = ((bavail * bsize) / 1024 ** 3).toFixed(1);
  const message = `${(share * 100).toFixed(1)} % (${gigabytes} GB) of the volume of ${path} is free.`;
  const advice = 'Enlarge the volume, or delete tags and let garbage collection run.';
  if (share < diskSpaceThreshold) return failed('disk', message, advice);
  if (share < diskSpaceWarningThreshold) return warning('disk', message, advice);
  return ok('disk', message);
}

/** Of the nearest directory that is there. */
async function statfsAt(path: string) {
  for (let at = path; ; at = dirname(at)) {
    try {
      return await statfs(at);
    } catch (error) {
      if (dirname(at) === at) throw error;
    }
  }
}
