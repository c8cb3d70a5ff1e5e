export type { Account } from './account.ts';
export { addTeamMember } from './add-team-member.ts';
export { asAlreadyExists } from './as-already-exists.ts';
export { canCreateInitialUser } from './can-create-initial-user.ts';
export { createInitialUser } from './create-initial-user.ts';
export { createOrganization } from './create-organization.ts';
export { createRobot } from './create-robot.ts';
export { createTeam } from './create-team.ts';
export { createUser } from './create-user.ts';
export { deleteRobot } from './delete-robot.ts';
export { deleteTeam } from './delete-team.ts';
export { isSuperuserAccount } from './is-superuser-account.ts';
export { findRobot, listRobots } from './list-robots.ts';
export {
  countAccounts,
  deleteAccountRow,
  findAccountByEmail,
  findAccountById,
  findAccountByName,
  findAccountByUuid,
  findTeam,
  getAccount,
  listAccounts,
  listTeamMembers,
  listTeams,
  touchAccounts,
} from './queries.ts';
export { recordFailedLogin, recordSuccessfulLogin } from './record-login.ts';
export { regenerateRobotToken } from './regenerate-robot-token.ts';
export { removeTeamMember } from './remove-team-member.ts';
export type { Robot } from './robot.ts';
export { lockAccount } from './queries-deletion.ts';
export { retireAccount } from './retire-account.ts';
export { setAccountEnabled } from './set-account-enabled.ts';
export { setPassword } from './set-password.ts';
export { setSuperuser } from './set-superuser.ts';
export { setTeamRole } from './set-team-role.ts';
