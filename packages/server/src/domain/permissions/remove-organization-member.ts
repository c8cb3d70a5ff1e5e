import { DomainError } from '#/domain/errors.ts';
import { type Performer, writeChangeLog } from '#/domain/logs/index.ts';
import {
  findAccountByName,
  keepAdministrator,
  leaveTeams,
  lockOrganization,
} from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { deleteDirectPermissions, listDirectPermissions } from './queries-organization.ts';

/**
 * Takes a person or robot out of every team of the organization, and away their own permissions on its repositories. Throws DomainError
 * `not_found` (organization, no member), `invalid_request` (nobody would be left to administer the organization).
 */
export async function removeOrganizationMember(
  services: Services,
  input: { readonly organizationId: number; readonly member: string; readonly performer?: Performer },
): Promise<void> {
  const { organizationId, performer } = input;
  await services.database.transaction(async (db) => {
    const organization = await lockOrganization(db, organizationId);
    const member = await findAccountByName(db, input.member);
    const teams = member === undefined ? [] : await leaveTeams(db, organizationId, member.id);
    if (member === undefined || teams.length === 0) {
      throw new DomainError('not_found', `"${input.member}" is not a member of "${organization.name}".`);
    }
    await keepAdministrator(db, organizationId);
    const permissions = await listDirectPermissions(db, organizationId, member.id);
    await deleteDirectPermissions(db, organizationId, member.id);
    for (const team of teams) {
      await writeChangeLog(services, db, {
        kind: 'org_remove_team_member',
        accountId: organizationId,
        performer,
        metadata: { member: member.name, team },
      });
    }
    for (const { repositoryId, repository } of permissions) {
      await writeChangeLog(services, db, {
        kind: 'delete_repo_permission',
        accountId: organizationId,
        repositoryId,
        performer,
        metadata: { username: member.name, repo: repository, namespace: organization.name },
      });
    }
  });
  services.events.publish({ kind: 'authority-changed' });
}
