import { randomUUID } from 'node:crypto';
import { fileExists } from '#/config/find-directory.ts';
import { describeStorageFault } from '#/config/validators/describe-storage-fault.ts';
import { openStorage } from '#/storage/open-storage.ts';
import { roundTripPath } from '#/storage/paths.ts';
import { type DoctorCheck, type Finding, failed, ok, type Patient, warning } from './finding.ts';

type Location = Patient['configuration']['storage']['locations'][number];

/** A small object is written, read and removed in each location. */
export const storageCheck: DoctorCheck = {
  name: 'storage',
  async run({ configuration }) {
    return await Promise.all(configuration.storage.locations.map(examine));
  },
};

async function examine(location: Location): Promise<Finding> {
  const check = `storage ${location.name}`;
  const path = location.parameters.storage_path;
  // Opening it would make it.
  if (location.engine === 'LocalStorage' && !(await fileExists(String(path))))
    return warning(
      check,
      `The directory ${path} does not exist yet.`,
      'The first start of wharf serve makes it; if there should be layers in it, check that its volume is mounted.',
    );
  try {
    const tookMs = await goRound(location);
    return ok(check, `${location.engine} wrote, read and removed an object in ${tookMs} ms.`);
  } catch (error) {
    const advice =
      location.engine === 'LocalStorage'
        ? 'Check owner, mount and free space of the directory.'
        : `Check the parameters of ${location.name} in DISTRIBUTED_STORAGE_CONFIG, and that its keys may write, read and delete.`;
    return failed(check, describeStorageFault(error, location), advice);
  }
}

async function goRound(location: Location): Promise<number> {
  const startMs = performance.now();
  const storage = await openStorage([location]);
  try {
    const { driver } = storage.preferred;
    const path = roundTripPath(randomUUID());
    const written = Buffer.from(`written by wharf doctor at ${new Date().toISOString()}\n`);
    await driver.put(path, written);
    try {
      const found = await driver.readSmall(path);
      if (!found.equals(written)) throw new Error('The store returned something else than was written.');
    } finally {
      await driver.remove(path);
    }
    if ((await driver.stat(path)) !== undefined) throw new Error('The store still has what was removed.');
    return Math.round(performance.now() - startMs);
  } finally {
    await storage.close();
  }
}
