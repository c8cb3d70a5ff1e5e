export { createApplicationToken, deleteApplicationToken } from './application-tokens.ts';
export { assignAuthorization, declineAssignment } from './assign-authorization.ts';
export {
  deleteOauthApplication,
  resetOauthApplicationSecret,
  updateOauthApplication,
} from './change-oauth-application.ts';
export { cleanAppTokens } from './clean-app-tokens.ts';
export { cleanOauthGrants } from './clean-oauth-grants.ts';
export { createAccessToken } from './create-access-token.ts';
export { createAppToken } from './create-app-token.ts';
export { createLastAccessRecorder, type LastAccessRecorder } from './create-last-access-recorder.ts';
export { createOauthApplication } from './create-oauth-application.ts';
export { createOauthToken } from './create-oauth-token.ts';
export { createFederatedRobotToken, findRobotFederations } from './federated-robot-token.ts';
export { findAppToken } from './find-app-token.ts';
export { findGrantedScopes } from './find-granted-scopes.ts';
export {
  findAccessTokenPrincipal,
  findAppTokenPrincipal,
  findOauthTokenPrincipal,
} from './find-issued-principals.ts';
export { type Grant, grantAuthorization, type ResponseType } from './grant-authorization.ts';
export { initializeFirstUser } from './initialize-first-user.ts';
export { getOauthApplication, listOauthApplications, type OauthApplication } from './oauth-application.ts';
export { findOauthScopes, oauthScopes } from './oauth-scopes.ts';
export { type AppToken, listAppTokens } from './queries.ts';
export { listAllAppTokens } from './queries-app-tokens.ts';
export { type ApplicationToken, listApplicationTokens } from './queries-application-tokens.ts';
export { findApplicationByClientId } from './queries-applications.ts';
export { type AssignedAuthorization, listAssignments } from './queries-assignments.ts';
export { type Authorization, listAuthorizations } from './queries-authorizations.ts';
export { deleteOwnedApplications } from './queries-deletion.ts';
export type { RobotFederation } from './queries-federations.ts';
export { type RedemptionFailure, redeemAuthorizationCode } from './redeem-authorization-code.ts';
export { revokeAccessToken } from './revoke-access-token.ts';
export { revokeAppToken } from './revoke-app-token.ts';
export { revokeOauthToken } from './revoke-oauth-token.ts';
export { deleteRobotFederation, getRobotFederation, setRobotFederation } from './robot-federation.ts';
export { type ScopeDetails, scopeDetails } from './scope-details.ts';
export { verifyAccessToken } from './verify-access-token.ts';
export { verifyAppToken } from './verify-app-token.ts';
export { verifyOauthToken } from './verify-oauth-token.ts';
export { verifyRobotToken } from './verify-robot-token.ts';
