import { deleteQueueItemsBelow, queueName, queueNamesOf } from '#/domain/background/index.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import { retireAccount } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { deleteOwnedApplications } from '#/domain/tokens/index.ts';
import { putNamespaceJob } from './deletion-jobs.ts';
import { insertDeletedNamespace } from './queries.ts';

/**
 * Deletes a user or organization: it can do nothing any more at once and its name and address are free; what it holds is removed in the
 * background (purgeNamespace), after `NAMESPACE_GC_GRACE_PERIOD_SECONDS` where that is set for it. Throws DomainError `not_found` and
 * `invalid_request`: a robot or, unless forced, the only administrator of organizations, which are named.
 */
export async function deleteNamespace(
  services: Services,
  input: { readonly accountId: number; readonly performer?: Performer; readonly force?: boolean },
): Promise<void> {
  const { accountId } = input;
  await services.database.transaction(async (db) => {
    const nowMs = services.clock.nowMs();
    const { kind, name, email } = await retireAccount(db, { accountId, nowMs, force: input.force ?? false });
    await deleteOwnedApplications(db, accountId);
    for (const queue of queuesOfNamespace(services)) await deleteQueueItemsBelow(db, queueName(queue, name));
    await insertDeletedNamespace(db, { accountId, originalName: name, originalEmail: email, nowMs });
    await putNamespaceJob(services, db, { accountId, name, nowMs, delayMs: graceMs(services, name) });
    await writeChangeLog(services, db, {
      kind: kind === 'user' ? 'user_delete' : 'org_delete',
      accountId,
      performer: input.performer,
      metadata: kind === 'user' ? { username: name } : { namespace: name },
    });
  });
  services.events.publish({ kind: 'authority-changed' });
}

/** Queues whose jobs end with their namespace. */
function queuesOfNamespace(services: Services): readonly string[] {
  const { notifications, logExport, builds, repositoryDeletion } = queueNamesOf(services);
  return [notifications, logExport, builds, repositoryDeletion];
}

function graceMs({ settings }: Services, name: string): number {
  const grace = settings.namespaceDeletionGrace;
  return grace?.namespaces.includes(name) ? grace.seconds * 1000 : 0;
}
