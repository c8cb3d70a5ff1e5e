import type { ApiRoute } from '#/api/api-route.ts';
import {
  acceptOrganizationTeamInvite,
  declineOrganizationTeamInvite,
} from '#/api/team/accept-organization-team-invite.ts';
import { deleteOrganizationTeam } from '#/api/team/delete-organization-team.ts';
import { deleteOrganizationTeamMember } from '#/api/team/delete-organization-team-member.ts';
import { deleteTeamMemberEmailInvite } from '#/api/team/delete-team-member-email-invite.ts';
import {
  disableOrganizationTeamSync,
  enableOrganizationTeamSync,
} from '#/api/team/enable-organization-team-sync.ts';
import { getOrganizationTeamMembers } from '#/api/team/get-organization-team-members.ts';
import { getOrganizationTeamPermissions } from '#/api/team/get-organization-team-permissions.ts';
import { inviteTeamMemberEmail } from '#/api/team/invite-team-member-email.ts';
import { updateOrganizationTeam } from '#/api/team/update-organization-team.ts';
import { updateOrganizationTeamMember } from '#/api/team/update-organization-team-member.ts';

/** Teams of organizations, their members and invitations. */
export const teamRoutes: readonly ApiRoute[] = [
  updateOrganizationTeam,
  deleteOrganizationTeam,
  enableOrganizationTeamSync,
  disableOrganizationTeamSync,
  getOrganizationTeamMembers,
  updateOrganizationTeamMember,
  deleteOrganizationTeamMember,
  inviteTeamMemberEmail,
  deleteTeamMemberEmailInvite,
  getOrganizationTeamPermissions,
  acceptOrganizationTeamInvite,
  declineOrganizationTeamInvite,
];
