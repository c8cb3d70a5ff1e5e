import { z } from 'zod';
import { anyCaller } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { signedInAnswer } from '#/api/user/sign-in-answer.ts';
import { checkSignIn, type SignInCheck } from '#/auth/sessions/check-sign-in.ts';
import { sendConfirmationMail } from '#/domain/sign-in/index.ts';
import { jsonAnswer } from '#/http/answer.ts';
import { requestFacts } from '#/http/request-facts.ts';

/** Signs a person in with name or e-mail address and password (REST reference 3.6). */
export const signinUser = apiRoute({
  operationId: 'signinUser',
  method: 'POST',
  path: '/signin',
  group: 'user',
  resource: 'endpoints.api.user.Signin',
  summary: 'Signs a person in.',
  status: 200,
  access: anyCaller,
  internal: true,
  allowedWhileReadOnly: true,
  allowedAnonymously: true,
  gate: (settings) => settings.featureDirectLogin,
  request: {
    params: z.unknown(),
    query: z.unknown(),
    body: jsonBody(
      z.object({ username: z.string(), password: z.string(), invite_code: z.string().optional() }),
    ),
  },
  response: z.object({ success: z.boolean() }),
  async handle({ body }, services, request) {
    const { domain, settings, basic } = services;
    const check = await checkSignIn(domain, basic.engine, {
      ...body,
      ip: request.ip,
      userAgent: request.headers['user-agent'],
      facts: requestFacts(request),
    });
    if (check.kind === 'allowed') return signedInAnswer(services, request, check.account, { success: true });
    if (check.kind === 'unverified') {
      await sendConfirmationMail(
        domain,
        { baseUrl: request.baseUrl, registryTitle: settings.registryTitle },
        check.account,
      );
    }
    return jsonAnswer(403, {
      needsEmailVerification: check.kind === 'unverified',
      invalidCredentials: check.kind === 'wrong',
      message: reasonOf(check) ?? messages[check.kind],
    });
  },
});

const messages: Readonly<Record<Exclude<SignInCheck['kind'], 'allowed'>, string>> = {
  wrong: 'Invalid Username or Password',
  disabled: 'This user account has been disabled. Please contact the administrator of this registry.',
  unverified: 'You must verify your e-mail address before signing in: follow the link in the mail.',
};

/** A directory may know the password, and an account cannot be had all the same: that is worth telling. */
function reasonOf(check: SignInCheck): string | undefined {
  if (check.kind !== 'wrong' || check.refusal.code === 'invalid_credentials') return undefined;
  return check.refusal.message;
}
