import {
  type ApiAccess,
  type GrantedOrganization,
  isSuperuser,
  organizationAdmin,
  organizationMember,
  refused,
} from '#/api/access.ts';
import type { ApiServices } from '#/api/api-services.ts';
import type { Caller } from '#/auth/sessions/identify-caller.ts';
import { DomainError } from '#/domain/errors.ts';
import { findTeam, isTeamMember, type Team } from '#/domain/namespaces/index.ts';
import { actingAccount } from '#/domain/permissions/index.ts';

interface TeamParams {
  readonly orgname: string;
  readonly teamname: string;
}

export interface GrantedTeam extends GrantedOrganization {
  readonly team: Team;
}

/** Members of the team, and administrators of its organization; only the latter learn that a team does not exist. */
export const teamViewer: ApiAccess<TeamParams, GrantedTeam> = {
  name: 'team-viewer',
  scope: 'org:admin',
  async check(services, caller, request, params) {
    const { read } = services.domain.database;
    const granted = await organizationMember.check(services, caller, request, params);
    const team = await findTeam(read, granted.organization.id, params.teamname);
    if (granted.namespaceAccess !== 'admin') {
      const accountId = actingAccount(caller.principal)?.id ?? 0;
      if (team === undefined || !(await isTeamMember(read, team.id, accountId))) throw refused(caller);
    }
    if (team === undefined) throw new DomainError('not_found', 'Not Found');
    return { ...granted, team };
  },
};

/** Administrators of the organization, for a team that exists. */
export const teamAdmin: ApiAccess<TeamParams, GrantedTeam> = {
  name: 'team-admin',
  scope: 'org:admin',
  async check(services, caller, request, params) {
    const granted = await organizationAdmin.check(services, caller, request, params);
    const team = await findTeam(services.domain.database.read, granted.organization.id, params.teamname);
    if (team === undefined) throw new DomainError('not_found', 'Not Found');
    return { ...granted, team };
  },
};

/** Administrators who may bind a team to a group, and so read any group: superusers unless the configuration lets others. */
export const teamSyncSetter: ApiAccess<TeamParams, GrantedTeam> = {
  ...teamAdmin,
  name: 'team-sync-setter',
  async check(services, caller, request, params) {
    const granted = await teamAdmin.check(services, caller, request, params);
    if (!maySetSync(services, caller)) throw refused(caller);
    return granted;
  },
};

/** Whether an administrator of an organization may bind its teams to groups. */
export function maySetSync({ settings }: ApiServices, caller: Caller): boolean {
  return settings.featureNonsuperuserTeamSyncingSetup || isSuperuser(caller);
}
