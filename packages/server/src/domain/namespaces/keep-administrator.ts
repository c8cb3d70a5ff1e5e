import type { Db } from '#/db/database.ts';
import { DomainError } from '#/domain/errors.ts';
import { hasAdministrator } from './queries.ts';

/** After a change of teams, under the organization's lock: throws DomainError `denied` when nobody could administer it any more. */
export async function keepAdministrator(db: Db, organizationId: number): Promise<void> {
  if (await hasAdministrator(db, organizationId)) return;
  throw new DomainError(
    'denied',
    'The organization would be left without an administrator; add another member to a team with role admin first.',
  );
}
