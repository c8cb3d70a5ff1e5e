import { z } from 'zod';
import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { findAccountByName, findTeam, listTeamMembers } from '#/domain/namespaces/index.ts';
import { findAccountKind, hasTeam } from '#/domain/notifications/queries.ts';
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

/**
 * A line in the interface of a person, of everybody who administers an organization, or of each member of a team. What is stored names the
 * target by its id too: whoever takes the name over later gets nothing, and a target keeps its lines under a new name.
 */
export const quayNotification = defineNotificationMethod({
  name: 'quay_notification',
  config: z.object({
    target: targetSchema,
    // Absent in what came from a Quay database.
    target_id: z.number().optional().catch(undefined),
  }),
  async check({ database }, repository, { target }) {
    await findTargetId(database.read, repository, target);
  },
  derived: {
    key: 'target_id',
    find: ({ database }, repository, { target }) => findTargetId(database.read, repository, target),
  },
  async deliver(services, { id, event, data, repository }, { target, target_id: targetId }) {
    await services.database.transaction(async (db) => {
      const accountIds = await findAudience(db, repository, target, targetId);
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

/** Ids of the accounts that a target stands for; by its name only where no id was stored. */
async function findAudience(
  db: Db,
  repository: NotifiedRepository,
  target: Target,
  targetId: number | undefined,
): Promise<readonly number[]> {
  const id = targetId ?? (await findTargetId(db, repository, target));
  if (target.kind === 'team') {
    if (!(await hasTeam(db, repository.namespaceId, id))) throw unknownTarget(target);
    const members = await listTeamMembers(db, id);
    return members.filter(({ kind, enabled }) => kind === 'user' && enabled).map((member) => member.id);
  }
  if (target.kind === 'org' && id !== repository.namespaceId) throw unknownTarget(target);
  if ((await findAccountKind(db, id)) !== accountKinds[target.kind]) throw unknownTarget(target);
  return [id];
}

/** The id of what has the name now; an organization must own the repository, and so must a team's. */
async function findTargetId(db: Db, repository: NotifiedRepository, target: Target): Promise<number> {
  if (target.kind === 'team') {
    const team = await findTeam(db, repository.namespaceId, target.name);
    if (team === undefined) throw unknownTarget(target);
    return team.id;
  }
  const account = await findAccountByName(db, target.name);
  if (account?.kind !== accountKinds[target.kind]) throw unknownTarget(target);
  if (target.kind === 'org' && account.id !== repository.namespaceId)
    throw new DomainError('invalid_request', 'Organization name must match repository namespace');
  return account.id;
}

const accountKinds = { user: 'user', org: 'organization' } as const;
const targetWords = { user: 'user', org: 'organization', team: 'team' } as const;

function unknownTarget({ kind, name }: Target): DomainError {
  return new DomainError('invalid_request', `Unknown ${targetWords[kind]} ${name}`);
}
