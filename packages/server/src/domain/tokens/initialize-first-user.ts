import { type Account, createInitialUser } from '#/domain/namespaces/index.ts';
import type { Services } from '#/domain/services.ts';
import { storeOauthApplication } from './create-oauth-application.ts';
import { storeOauthToken } from './create-oauth-token.ts';
import { oauthScopes } from './oauth-scopes.ts';

/**
 * Creates the first user, a superuser, and on request a bearer token with all scopes that belongs to an application `automation` of that
 * user, all in one transaction (REST reference G.2). Throws DomainError `invalid_request` once a user exists, and as createUser.
 */
export async function initializeFirstUser(
  services: Services,
  input: {
    readonly name: string;
    readonly password: string;
    readonly email?: string | undefined;
    readonly withAccessToken: boolean;
    readonly ip: string | null;
  },
): Promise<{ readonly user: Account; readonly accessToken: string | undefined }> {
  const { user, extra } = await createInitialUser(services, {
    name: input.name,
    email: input.email,
    password: input.password,
    ip: input.ip,
    alongside: async (db, account) => {
      if (!input.withAccessToken) return undefined;
      const performer = { accountId: account.id, ip: input.ip, metadata: {} };
      const application = await storeOauthApplication(services, db, {
        ownerId: account.id,
        name: 'automation',
        clientId: account.name,
        performer,
      });
      const { token } = await storeOauthToken(services, db, {
        application,
        accountId: account.id,
        scopes: oauthScopes,
        performer,
      });
      return token;
    },
  });
  return { user, accessToken: extra };
}
