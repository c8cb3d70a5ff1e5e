import { z } from 'zod';
import { anyCaller } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import { performerOfCall } from '#/api/performer.ts';
import { checkCaptcha } from '#/api/user/check-captcha.ts';
import { signedInAnswer } from '#/api/user/sign-in-answer.ts';
import { ownView, userViewSchema } from '#/api/user/user-view.ts';
import { DomainError } from '#/domain/errors.ts';
import { findInvitation } from '#/domain/namespaces/index.ts';
import { sendConfirmationMail, signUp } from '#/domain/sign-in/index.ts';
import { jsonAnswer } from '#/http/answer.ts';
import { Refusal } from '#/http/refusal.ts';

/** Registers a person (REST reference 9.1): signed in at once, or asked to confirm the address first. */
export const createNewUser = apiRoute({
  operationId: 'createNewUser',
  method: 'POST',
  path: '/user/',
  group: 'user',
  resource: 'endpoints.api.user.User',
  summary: 'Registers a new user.',
  status: 200,
  access: anyCaller,
  internal: true,
  request: {
    params: z.unknown(),
    query: z.unknown(),
    body: jsonBody(
      z.object({
        username: z.string(),
        password: z.string(),
        email: z.string().nullish(),
        invite_code: z.string().nullish(),
        recaptcha_response: z.string().nullish(),
      }),
    ),
  },
  response: z.union([userViewSchema, z.object({ awaiting_verification: z.literal(true) })]),
  async handle({ body, granted }, services, request) {
    const { domain, settings } = services;
    if (settings.authenticationType !== 'Database') throw new DomainError('not_found', 'Not Found');
    if (!settings.featureUserCreation || !settings.featureDirectLogin) {
      throw new Refusal(jsonAnswer(405, { message: 'Registration is switched off on this registry.' }));
    }
    await checkCaptcha(services, body.recaptcha_response ?? undefined, request);
    const invite = body.invite_code
      ? await findInvitation(domain.database.read, body.invite_code)
      : undefined;
    if (settings.featureInviteOnlyUserCreation && invite === undefined) {
      throw new DomainError('invalid_request', 'Registration needs an invitation to a team.');
    }
    const account = await signUp(
      domain,
      {
        refusedEmailDomains: settings.refusedEmailDomains,
        asksForMetadata: settings.featureUserMetadata,
      },
      {
        name: body.username,
        password: body.password,
        email: body.email ?? undefined,
        emailIsKnown: invite !== undefined && invite.email !== null && invite.email === body.email,
        performer: performerOfCall(granted, request),
      },
    );
    if (!account.verified) {
      await sendConfirmationMail(
        domain,
        { baseUrl: request.baseUrl, registryTitle: settings.registryTitle },
        account,
      );
      return { awaiting_verification: true };
    }
    return signedInAnswer(services, request, account, await ownView(services, account));
  },
});
