import { z } from 'zod';
import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { findAccountByName, findTeam, listTeamMembers } from '#/domain/namespaces/index.ts';
import {
  createUserNotification,
  removeUserNotifications,
  type UserNotificationKind,
} from '#/domain/user-notifications/index.ts';
import { defineNotificationMethod, type NotifiedRepository } from './define-notification-method.ts';

const missingTarget = 'Missing target';

const targetSchema = z.object(
  {
    kind: z.enum(['user', 'org', 'team'], { error: 'The kind of a target is user, org or team.' }),
    name: z
      .string({ error: missingTarget })
      .min(1, { error: missingTarget })
      .max(255, { error: missingTarget }),
  },
  { error: missingTarget },
);
type Target = z.output<typeof targetSchema>;

/** A line in the interface of a person, of everybody who administers an organization, or of each member of a team. */
export const quayNotification = defineNotificationMethod({
  name: 'quay_notification',
  config: z.object({ target: targetSchema }),
  async check({ database }, repository, { target }) {
    await findAudience(database.read, repository, target);
  },
  async deliver(services, { id, event, data, repository }, { target }) {
    await services.database.transaction(async (db) => {
      const accountIds = await findAudience(db, repository, target);
      const lookupPath = `/delivery/${id}`;
      // A delivery whose end was not recorded comes again.
      await removeUserNotifications(db, lookupPath);
      await createUserNotification(services, db, {
        accountIds,
        kind: event as UserNotificationKind,
        metadata: data,
        lookupPath,
      });
    });
  },
});

/** Ids of the accounts that a target stands for; an organization must own the repository, and so must a team's. */
async function findAudience(
  db: Db,
  repository: NotifiedRepository,
  target: Target,
): Promise<readonly number[]> {
  const { namespace, namespaceId } = repository;
  if (target.kind === 'team') {
    const team = await findTeam(db, namespaceId, target.name);
    if (team === undefined) throw new DomainError('invalid_request', `Unknown team ${target.name}`);
    const members = await listTeamMembers(db, team.id);
    return members.filter(({ kind, enabled }) => kind === 'user' && enabled).map(({ id }) => id);
  }
  const account = await findAccountByName(db, target.name);
  if (target.kind === 'user') {
    if (account?.kind !== 'user') throw new DomainError('invalid_request', `Unknown user ${target.name}`);
    return [account.id];
  }
  if (account?.kind !== 'organization')
    throw new DomainError('invalid_request', `Unknown organization ${target.name}`);
  if (target.name !== namespace)
    throw new DomainError('invalid_request', 'Organization name must match repository namespace');
  return [account.id];
}
