import { z } from 'zod';
import { superuser } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { requireDatabaseAccounts, superuserGate } from '#/api/superuser/superuser-gate.ts';
import { encryptPassword } from '#/auth/encrypted-password.ts';
import { sendConfirmationMail, signUp } from '#/domain/sign-in/index.ts';
import { randomText } from '#/platform/random-text.ts';

const passwordLength = 32;

/** Creates a person with a password that only this answer shows; with mailing on, the address waits for its confirmation (REST reference A.1). */
export const createInstallUser = apiRoute({
  operationId: 'createInstallUser',
  method: 'POST',
  path: '/superuser/users/',
  group: 'superuser',
  resource: 'endpoints.api.superuser.SuperUserList',
  summary: 'Creates a user with a generated password.',
  status: 200,
  access: superuser,
  freshLogin: true,
  gate: superuserGate,
  request: {
    params: z.unknown(),
    query: z.unknown(),
    body: jsonBody(z.object({ username: z.string(), email: z.string().nullish() })),
  },
  response: z.object({
    username: z.string(),
    email: z.string().nullable(),
    password: z.string(),
    encrypted_password: z.string(),
  }),
  async handle({ body, granted }, services, request) {
    const { domain, settings } = services;
    requireDatabaseAccounts(services);
    const password = randomText(passwordLength);
    const account = await signUp(
      domain,
      { refusedEmailDomains: [], asksForMetadata: settings.featureUserMetadata },
      {
        name: body.username,
        password,
        email: body.email ?? undefined,
        emailIsKnown: false,
        performer: performerOfCall(granted, request),
      },
    );
    if (!account.verified) {
      const context = { baseUrl: request.baseUrl, registryTitle: settings.registryTitle };
      // The password is shown here only, so a mail server that is away must not cost the caller the answer.
      await sendConfirmationMail(domain, context, account).catch((error: unknown) => {
        domain.logger.warn({ err: error, requestId: request.requestId }, 'confirmation mail not sent');
      });
    }
    return {
      username: account.name,
      email: account.email,
      password,
      encrypted_password: encryptPassword(settings.secretKey, password),
    };
  },
});
