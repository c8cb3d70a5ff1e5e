import type { Database } from '#/db/database.ts';
import type { Services } from '#/domain/services.ts';
import { ensureLocation, findLocation } from './queries/storage-locations.ts';

const known = new WeakMap<Database, Map<string, number>>();

/** Row id of a storage location by its name, made when it is new; ids never change, so each is looked up once. */
export async function getLocationId(services: Pick<Services, 'database'>, name: string): Promise<number> {
  const { database } = services;
  let ids = known.get(database);
  if (ids === undefined) {
    ids = new Map();
    known.set(database, ids);
  }
  const cached = ids.get(name);
  if (cached !== undefined) return cached;
  const id =
    (await findLocation(database.read, name)) ??
    (await database.transaction((db) => ensureLocation(db, name)));
  ids.set(name, id);
  return id;
}
