import type { AnyRoute } from '#/http/route.ts';
import { authorizeRepositoryEmail, showRepositoryEmail } from '#/login/authorize-repository-email.ts';
import { externalRoutes } from '#/login/external/routes.ts';
import { confirmEmail, recoverAccount, showConfirmation, showRecovery } from '#/login/follow-mail-links.ts';
import { getCsrfToken } from '#/login/get-csrf-token.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { oauthRoutes } from '#/login/oauth/routes.ts';
import { robotFederationToken } from '#/login/robot-federation-token.ts';
import { showSignIn, submitSignIn } from '#/login/sign-in/sign-in-page.ts';

/** Every route around sign-in that is not part of `/api/v1`. */
export const loginRoutes: readonly AnyRoute<LoginServices>[] = [
  showRepositoryEmail,
  authorizeRepositoryEmail,
  showConfirmation,
  confirmEmail,
  showRecovery,
  recoverAccount,
  getCsrfToken,
  showSignIn,
  submitSignIn,
  ...externalRoutes,
  ...oauthRoutes,
  robotFederationToken,
];
