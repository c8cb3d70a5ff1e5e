import type { ApiRoute } from '#/api/api-route.ts';
import {
  deleteAssignedAuthorization,
  listAssignedAuthorizations,
} from '#/api/user/assigned-authorizations.ts';
import {
  deleteUserAuthorization,
  getUserAuthorization,
  listUserAuthorizations,
} from '#/api/user/authorizations.ts';
import { changeUserDetails } from '#/api/user/change-user-details.ts';
import { convertUserToOrganization } from '#/api/user/convert-user-to-organization.ts';
import { createNewUser } from '#/api/user/create-new-user.ts';
import { deleteCurrentUser } from '#/api/user/delete-current-user.ts';
import { detachExternalLogin, retrieveExternalLoginAuthorizationUrl } from '#/api/user/external-login.ts';
import { generateUserClientKey } from '#/api/user/generate-user-client-key.ts';
import { getLoggedInUser } from '#/api/user/get-logged-in-user.ts';
import { getUserInformation } from '#/api/user/get-user-information.ts';
import { getUserPrivateAllowed } from '#/api/user/get-user-private-allowed.ts';
import { initializeFirstUser } from '#/api/user/initialize-first-user.ts';
import { logout } from '#/api/user/logout.ts';
import { requestRecoveryEmail } from '#/api/user/request-recovery-email.ts';
import { deleteUserSession, listUserSessions } from '#/api/user/sessions.ts';
import { signinUser } from '#/api/user/signin-user.ts';
import { verifyUser } from '#/api/user/verify-user.ts';

/** The person who calls, sign-in and sign-out. */
export const userRoutes: readonly ApiRoute[] = [
  signinUser,
  verifyUser,
  logout,
  retrieveExternalLoginAuthorizationUrl,
  detachExternalLogin,
  requestRecoveryEmail,
  getLoggedInUser,
  createNewUser,
  changeUserDetails,
  deleteCurrentUser,
  initializeFirstUser,
  getUserInformation,
  getUserPrivateAllowed,
  generateUserClientKey,
  convertUserToOrganization,
  listUserAuthorizations,
  getUserAuthorization,
  deleteUserAuthorization,
  listAssignedAuthorizations,
  deleteAssignedAuthorization,
  listUserSessions,
  deleteUserSession,
];
