import { DomainError } from '#/domain/errors.ts';
import { listLinkedAccounts } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { linkExternalPerson } from '#/domain/sign-in/index.ts';

const batchSize = 500;

/** The accounts of the members, and how many could have none. */
export interface LinkedMembers {
  readonly accountIds: ReadonlySet<number>;
  readonly skipped: number;
}

/**
 * Accounts of people by their names in the directory. Who was never here before gets one, also where people cannot register themselves: whoever binds a
 * team to a group invites its members. Somebody who cannot have an account, say because another one has the same address, is skipped with a line
 * in the log. Ends early, with an error, once the signal is aborted.
 */
export async function linkMembers(
  services: Services,
  service: string,
  members: ReadonlyMap<string, string | undefined>,
  signal: AbortSignal,
): Promise<LinkedMembers> {
  const accountIds = new Set<number>();
  let skipped = 0;
  const usernames = [...members.keys()];
  for (let start = 0; start < usernames.length; start += batchSize) {
    const batch = usernames.slice(start, start + batchSize);
    const links = await listLinkedAccounts(services.database.read, service, batch);
    const linked = new Map(links.map(({ identifier, accountId }) => [identifier, accountId]));
    for (const username of batch) {
      const known = linked.get(username);
      if (known === undefined) signal.throwIfAborted();
      const id = known ?? (await linkNewMember(services, service, username, members.get(username)));
      if (id === undefined) skipped += 1;
      else accountIds.add(id);
    }
  }
  return { accountIds, skipped };
}

async function linkNewMember(
  services: Services,
  service: string,
  username: string,
  email: string | undefined,
): Promise<number | undefined> {
  const { settings } = services;
  const { externalAccounts } = settings;
  const invited =
    externalAccounts === undefined
      ? services
      : {
          ...services,
          settings: {
            ...settings,
            externalAccounts: { ...externalAccounts, allowed: true, onlyInvited: false },
          },
        };
  try {
    const person = { service, identifier: username, username, email, mayTakeSuperuserName: true };
    return (await linkExternalPerson(invited, person)).id;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    services.logger.warn({ err: error, service, username }, 'a member of a group cannot have an account');
    return undefined;
  }
}
