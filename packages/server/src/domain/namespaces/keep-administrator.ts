import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { hasAdministrator } from './queries.ts';
import { isAdministrator } from './queries-teams.ts';

/**
 * After a change of teams, under the organization's lock: throws DomainError `invalid_request` when nobody could administer it any
 * more.
 */
export async function keepAdministrator(db: Db, organizationId: number): Promise<void> {
  if (await hasAdministrator(db, organizationId)) return;
  throw new DomainError(
    'invalid_request',
    'The organization would be left without an administrator; add another member to a team with role admin first.',
  );
}

/**
 * As keepAdministrator around a change; also throws `invalid_request` when whoever makes it would no longer be an administrator, though
 * they are one now (REST reference 9.6).
 */
export async function keepingAdministrators(
  db: Db,
  who: { readonly organizationId: number; readonly callerId: number | null | undefined },
  change: () => Promise<void>,
): Promise<void> {
  const { organizationId, callerId } = who;
  const isCaller = async (): Promise<boolean> =>
    typeof callerId === 'number' && (await isAdministrator(db, organizationId, callerId));
  const was = await isCaller();
  await change();
  await keepAdministrator(db, organizationId);
  if (!was || (await isCaller())) return;
  throw new DomainError(
    'invalid_request',
    'You would no longer administer the organization: this is your last team with role admin.',
  );
}
