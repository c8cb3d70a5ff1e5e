import type { AnyRoute } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { assignUserToApplication } from '#/login/oauth/assign-user.ts';
import { requestAuthorization } from '#/login/oauth/authorize.ts';
import { authorizeApplication, denyApplication } from '#/login/oauth/decide.ts';
import { exchangeCodeForToken } from '#/login/oauth/exchange-code.ts';
import { oauthServerMetadata } from '#/login/oauth/server-metadata.ts';

/** The OAuth2 provider, but for the page at a configured path. */
export const oauthRoutes: readonly AnyRoute<LoginServices>[] = [
  requestAuthorization,
  authorizeApplication,
  denyApplication,
  exchangeCodeForToken,
  assignUserToApplication,
  oauthServerMetadata,
];
