import { z } from 'zod';
import { parseBasicCredentials } from '#/auth/basic-credentials.ts';
import { DomainError } from '#/domain/errors.ts';
import { findOauthScopes, type RedemptionFailure, redeemAuthorizationCode } from '#/domain/tokens/index.ts';
import { type Answer, jsonAnswer } from '#/http/answer.ts';
import { allFields, type FormFields } from '#/http/form-fields.ts';
import { type RequestContext, route } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { requireWritable } from '#/login/oauth/give-grant.ts';
import { formLimitBytes, publicRule } from '#/login/public-rule.ts';

type ProtocolError = RedemptionFailure | 'invalid_request' | 'unsupported_grant_type';

/** An application exchanges its code for a token (RFC 6749 section 4.1.3; REST reference 4). */
export const exchangeCodeForToken = route({
  operationId: 'exchangeCodeForToken',
  method: 'POST',
  url: '/oauth/access_token',
  status: 200,
  access: publicRule,
  request: {
    params: z.unknown(),
    query: z.unknown(),
    body: { kind: 'bytes', limitBytes: formLimitBytes },
  },
  response: z.unknown(),
  async handle({ body }, services: LoginServices, request) {
    requireWritable(services.domain.settings);
    const fields = findFields(request, body);
    if (fields === undefined) return failure('invalid_request');
    const client = findClient(request, fields);
    const [grantType, code, redirectUri] = ['grant_type', 'code', 'redirect_uri'].map((name) =>
      fields.get(name),
    );
    if (client === undefined || !code || !redirectUri || !grantType) return failure('invalid_request');
    if (grantType !== 'authorization_code') return failure('unsupported_grant_type');
    const scopeText = fields.get('scope') ?? '';
    const scopes = findOauthScopes(scopeText);
    if (scopes === undefined && scopeText.trim() !== '') return failure('invalid_scope');
    const { ip } = request;
    const redeemed = await redeemAuthorizationCode(services.domain, {
      ...client,
      code,
      redirectUri,
      verifier: fields.get('code_verifier'),
      scopes,
      ip,
    });
    if ('failure' in redeemed) return failure(redeemed.failure);
    const expiresInSeconds = Math.floor((redeemed.expiresMs - services.domain.clock.nowMs()) / 1000);
    return protocolAnswer(200, {
      access_token: redeemed.token,
      token_type: 'Bearer',
      expires_in: expiresInSeconds,
      refresh_token: null,
    });
  },
});

/** Undefined when they cannot be read or one comes twice. */
function findFields(request: RequestContext, body: Buffer): FormFields | undefined {
  try {
    return allFields(request, body);
  } catch (error) {
    if (error instanceof DomainError && error.code === 'invalid_request') return undefined;
    throw error;
  }
}

/** Id and secret of the header, else of the fields; undefined when they are missing or contradict each other. */
function findClient(
  request: RequestContext,
  fields: FormFields,
): { readonly clientId: string; readonly clientSecret: string } | undefined {
  const named = fields.get('client_id');
  const header = request.headers.authorization;
  if (header === undefined) {
    return named ? { clientId: named, clientSecret: fields.get('client_secret') ?? '' } : undefined;
  }
  const basic = parseBasicCredentials(header);
  if (basic === undefined || (named !== undefined && named !== basic.username)) return undefined;
  return { clientId: basic.username, clientSecret: basic.password };
}

function failure(error: ProtocolError): Answer {
  return protocolAnswer(400, { error });
}

function protocolAnswer(status: number, body: unknown): Answer {
  return jsonAnswer(status, body, { 'cache-control': 'no-store', pragma: 'no-cache' });
}
