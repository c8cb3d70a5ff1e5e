import { z } from 'zod';
import { parseBasicCredentials } from '#/auth/basic-credentials.ts';
import { findNamedIssuer, verifyIssuerToken } from '#/auth/federation/verify-issuer-token.ts';
import { DomainError } from '#/domain/errors.ts';
import { createFederatedRobotToken, findRobotFederations } from '#/domain/tokens/index.ts';
import { type Answer, jsonAnswer } from '#/http/answer.ts';
import { type RequestContext, route } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';

/** A password of a robot for one hour, for the token of an external identity that may act as it (REST reference G.4). */
export const robotFederationToken = route({
  operationId: 'exchangeRobotFederationToken',
  method: 'GET',
  url: '/oauth2/federation/robot/token',
  status: 200,
  access: { name: 'public', check: async () => undefined },
  request: { params: z.unknown(), query: z.unknown(), body: { kind: 'none' } },
  response: z.object({ token: z.string() }),
  handle: async (_input, services: LoginServices, request) =>
    answerOf(async () => ({ token: await exchange(services, request) })),
});

/** Every refusal of the credentials is a 401 with its reason. */
async function answerOf(work: () => Promise<{ readonly token: string }>): Promise<Answer> {
  try {
    return jsonAnswer(200, await work(), { 'cache-control': 'no-store' });
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'invalid_credentials') throw error;
    return jsonAnswer(401, { error: error.message });
  }
}

async function exchange({ domain, issuerKeys }: LoginServices, request: RequestContext): Promise<string> {
  const credentials = parseBasicCredentials(request.headers.authorization ?? '');
  if (credentials === undefined) {
    throw refused('Send the name of the robot and the external token with the Basic scheme.');
  }
  const { username: robotName, password: token } = credentials;
  const issuer = await findNamedIssuer(token);
  const federations = await findRobotFederations(domain, robotName);
  // Only issuers that the owner of the robot named are ever asked anything.
  if (issuer === undefined || !federations.some((federation) => federation.issuer === issuer)) {
    throw refused('The identity may not act as this robot.');
  }
  const proved = await verifyIssuerToken(domain, issuerKeys, { token, issuer });
  const created = await createFederatedRobotToken(domain, {
    robotName,
    identity: { issuer, ...proved },
    ip: request.ip,
  });
  return created.token;
}

function refused(message: string): DomainError {
  return new DomainError('invalid_credentials', message);
}
