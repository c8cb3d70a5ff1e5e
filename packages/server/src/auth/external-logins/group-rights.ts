import { findLoginGroups, listFederatedLogins } from '#/domain/namespaces/index.ts';
import type { DirectoryRights, Services } from '#/domain/services.ts';
import type { ExternalLogin } from './define-external-login.ts';

const none: DirectoryRights = { superuser: false, globalReader: false, restricted: undefined };

/** A provider tells groups at sign-in only, so that what it told lives a day: who lost a group loses its rights then at the latest. */
const rightsLifeMs = 24 * 3_600_000;

type FindRights = (accountId: number) => Promise<DirectoryRights>;

/** The rights that `SUPERUSER_GROUP` and `GLOBAL_READONLY_SUPERUSER_GROUP` of the logins give, by the groups of the last sign-in. */
export function createGroupRights(
  services: Services,
  loginsInUse: () => readonly ExternalLogin[],
): FindRights {
  return async (accountId) => {
    const logins = loginsInUse().filter((login) => groupsWithRights(login).length > 0);
    if (logins.length === 0) return none;
    const oldestMs = services.clock.nowMs() - rightsLifeMs;
    const links = await listFederatedLogins(services.database.read, accountId);
    const rights = links.map(({ service, metadata }): DirectoryRights => {
      const login = logins.find(({ id }) => id === service);
      const told = findLoginGroups(metadata);
      if (login === undefined || told === undefined || told.toldMs <= oldestMs) return none;
      const holds = (group: string | undefined) => group !== undefined && told.groups.includes(group);
      return {
        ...none,
        superuser: holds(login.superuserGroup),
        globalReader: holds(login.globalReaderGroup),
      };
    });
    return joinRights(rights);
  };
}

/** Rights from several places: one is enough. */
export function joinRights(all: readonly DirectoryRights[]): DirectoryRights {
  return {
    superuser: all.some(({ superuser }) => superuser),
    globalReader: all.some(({ globalReader }) => globalReader),
    restricted: all.find(({ restricted }) => restricted !== undefined)?.restricted,
  };
}

/** The groups of a login that give rights. */
export function groupsWithRights({ superuserGroup, globalReaderGroup }: ExternalLogin): readonly string[] {
  return [superuserGroup, globalReaderGroup].filter(
    (group): group is string => group !== undefined && group !== '',
  );
}
