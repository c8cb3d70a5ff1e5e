export type { Account } from './account.ts';
export { addTeamMember } from './add-team-member.ts';
export { acceptTeamInvite, declineTeamInvite } from './answer-team-invite.ts';
export { asAlreadyExists } from './as-already-exists.ts';
export { canCreateInitialUser } from './can-create-initial-user.ts';
export { changeEmail, refuseTakenEmail, storeEmail, verifyEmail } from './change-email.ts';
export { changeFollowedTeam, type TeamChange } from './change-followed-team.ts';
export { changeOrganization } from './change-organization.ts';
export { type ProfileChange, storeProfile } from './change-profile.ts';
export { changeUserAsSuperuser } from './change-user-as-superuser.ts';
export { checkEmail } from './check-email.ts';
export { checkPassword } from './check-password.ts';
export { convertToOrganization } from './convert-to-organization.ts';
export { createInitialUser } from './create-initial-user.ts';
export { createOrganization } from './create-organization.ts';
export { createRobot } from './create-robot.ts';
export { createTeam } from './create-team.ts';
export { createUser } from './create-user.ts';
export { deleteRobot } from './delete-robot.ts';
export { deleteTeam } from './delete-team.ts';
export { detachFederatedLogin } from './detach-federated-login.ts';
export { findDirectoryRights, isSuperuserBy, isSuperuserNow } from './directory-rights.ts';
export { followGroups } from './follow-groups.ts';
export {
  type AnnounceInvite,
  addOrInviteTeamMember,
  inviteTeamMemberByEmail,
} from './invite-team-member.ts';
export { isRestrictedPerson } from './is-restricted-person.ts';
export { isRobotAllowed } from './is-robot-allowed.ts';
export { isSuperuserAccount } from './is-superuser-account.ts';
export { keepAdministrator } from './keep-administrator.ts';
export { leaveTeams } from './leave-teams.ts';
export {
  listRobotSummaries,
  listRobotTeams,
  type RobotSummary,
} from './list-robot-summaries.ts';
export { findRobot, getRobot, listRobots } from './list-robots.ts';
export { type NewUser, prepareUser, storeUser } from './prepare-user.ts';
export { putTeam } from './put-team.ts';
export {
  countAccounts,
  deleteAccountRow,
  findAccountByEmail,
  findAccountById,
  findAccountByName,
  findAccountByUuid,
  findTeam,
  getAccount,
  getRobotRow,
  listAccounts,
  listTeamMembers,
  listTeams,
  lockOrganization,
  type Team,
  touchAccounts,
} from './queries.ts';
export { lockAccount } from './queries-deletion.ts';
export {
  type FederatedLogin,
  findAccountByFederatedLogin,
  insertFederatedLogin,
  listFederatedLogins,
  listLinkedAccounts,
} from './queries-federated-logins.ts';
export { findInvitedEmail, listTeamInvites, type TeamInvite } from './queries-invites.ts';
export {
  findAccountsByNames,
  findInvitation,
  listAdministrators,
  listMemberships,
  listOrganizationsByEmail,
  type Membership,
} from './queries-memberships.ts';
export {
  findPresentAccount,
  listAccountsByIds,
  listPresentAccounts,
  listSuperuserIds,
} from './queries-superusers.ts';
export {
  type FollowedTeam,
  findLastFollowedTeamId,
  listStaleTeams,
} from './queries-team-syncs.ts';
export {
  findTeamSync,
  isTeamMember,
  listTeamMemberships,
  listTeamSummaries,
  type NamedAccount,
  type TeamMembership,
  type TeamSummary,
} from './queries-teams.ts';
export { recordAccountChange } from './record-account-change.ts';
export { recordFailedLogin, recordSuccessfulLogin } from './record-login.ts';
export { refuseSuperuser } from './refuse-superuser.ts';
export { regenerateRobotToken } from './regenerate-robot-token.ts';
export { findLoginGroups, rememberLoginGroups } from './remember-login-groups.ts';
export { removeTeamMember } from './remove-team-member.ts';
export { renameAccount, storeName } from './rename-account.ts';
export { retireAccount } from './retire-account.ts';
export type { Robot } from './robot.ts';
export { setAccountEnabled } from './set-account-enabled.ts';
export { setPassword, storePassword } from './set-password.ts';
export { setSuperuser } from './set-superuser.ts';
export { setTeamRole } from './set-team-role.ts';
export { disableTeamSync, enableTeamSync } from './sync-team.ts';
export { takeOwnership } from './take-ownership.ts';
export {
  type RetractInvite,
  withdrawTeamInvite,
  withdrawTeamInviteByEmail,
} from './withdraw-team-invite.ts';
