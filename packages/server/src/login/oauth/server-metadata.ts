import { z } from 'zod';
import { oauthScopes } from '#/domain/tokens/index.ts';
import { jsonAnswer } from '#/http/answer.ts';
import { route } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { challengeMethods } from '#/login/oauth/challenge.ts';
import { publicRule } from '#/login/public-rule.ts';

/** What the OAuth2 provider can do, for programs that look for it (RFC 8414). */
export const oauthServerMetadata = route({
  operationId: 'oauthServerMetadata',
  method: 'GET',
  url: '/.well-known/oauth-authorization-server',
  status: 200,
  access: publicRule,
  request: { params: z.unknown(), query: z.unknown(), body: { kind: 'none' } },
  response: z.unknown(),
  async handle(_input, { domain }: LoginServices, { baseUrl }) {
    return jsonAnswer(
      200,
      {
        issuer: baseUrl,
        authorization_endpoint: `${baseUrl}/oauth/authorize`,
        token_endpoint: `${baseUrl}/oauth/access_token`,
        scopes_supported: oauthScopes.filter(
          (scope) => scope !== 'super:user' || domain.settings.featureSuperUsers,
        ),
        response_types_supported: ['code', 'token'],
        response_modes_supported: ['query', 'fragment'],
        grant_types_supported: ['authorization_code', 'implicit'],
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
        code_challenge_methods_supported: challengeMethods,
      },
      { 'cache-control': 'max-age=3600' },
    );
  },
});
