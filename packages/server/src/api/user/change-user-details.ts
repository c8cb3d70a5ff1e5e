import { z } from 'zod';
import { selfAdmin } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { performerOfCall } from '#/api/performer.ts';
import { requireOwnPasswords } from '#/api/user/require-own-passwords.ts';
import { signedInAnswer } from '#/api/user/sign-in-answer.ts';
import { ownView, userView, userViewSchema } from '#/api/user/user-view.ts';
import { DomainError } from '#/domain/errors.ts';
import { changeOwnAccount } from '#/domain/sign-in/index.ts';

const nullableText = z.string().max(255).nullable().optional();

const changeSchema = z.object({
  password: z.string().optional(),
  email: z.string().optional(),
  username: z.string().optional(),
  invoice_email: z.boolean().optional(),
  invoice_email_address: nullableText,
  tag_expiration_s: z.number().int().min(0).optional(),
  given_name: nullableText,
  family_name: nullableText,
  company: nullableText,
  location: nullableText,
});

type Change = z.infer<typeof changeSchema>;

/** Changes the caller's own account (REST reference 9.1). A new password ends every session but the one that it came from. */
export const changeUserDetails = apiRoute({
  operationId: 'changeUserDetails',
  method: 'PUT',
  path: '/user/',
  group: 'user',
  resource: 'endpoints.api.user.User',
  summary: 'Changes the password, the address or other details of the own account.',
  status: 200,
  access: selfAdmin,
  internal: true,
  freshLogin: true,
  request: { params: z.unknown(), query: z.unknown(), body: jsonBody(changeSchema) },
  response: userViewSchema,
  async handle({ body, granted }, services, request) {
    const { domain, settings } = services;
    const { account } = granted;
    checkTagExpiration(services, body.tag_expiration_s);
    if (body.password !== undefined) requireOwnPasswords(services);
    if (body.username !== undefined && body.username !== account.name) {
      refuseConfiguredName(services, body.username);
    }
    const changed = await changeOwnAccount(domain, {
      accountId: account.id,
      name: body.username,
      mayRename: settings.featureUserRename,
      email: body.email?.trim(),
      password: body.password,
      profile: profileOf(services, body),
      answers: settings.featureUserMetadata ? answered(body) : [],
      mail: { baseUrl: request.baseUrl, registryTitle: settings.registryTitle },
      performer: performerOfCall(granted, request),
    });
    if (body.password === undefined || granted.caller.kind !== 'session') {
      return userView(services, granted, changed);
    }
    return signedInAnswer(services, request, changed, await ownView(services, changed));
  },
});

function checkTagExpiration({ settings }: ApiServices, seconds: number | undefined): void {
  if (seconds === undefined) return;
  if (!settings.featureChangeTagExpiration) {
    throw new DomainError('invalid_request', 'The time machine cannot be changed on this registry.');
  }
  if (settings.tagExpirationOptionSeconds.includes(seconds)) return;
  throw new DomainError(
    'invalid_request',
    `tag_expiration_s must be one of ${settings.tagExpirationOptionSeconds.join(', ')}.`,
  );
}

/** Rights that the configuration gives to a name are not to be had by taking the name; nobody is told that it is in the configuration. */
function refuseConfiguredName({ domain, settings }: ApiServices, name: string): void {
  const names = [
    ...domain.settings.superUsers,
    ...settings.globalReadonlySuperUsers,
    ...(settings.restrictedUsersWhitelist ?? []),
  ];
  if (names.includes(name)) {
    throw new DomainError('already_exists', `The name "${name}" is already taken.`);
  }
}

function profileOf({ settings }: ApiServices, body: Change) {
  return {
    ...(settings.featureUserMetadata
      ? {
          givenName: body.given_name,
          familyName: body.family_name,
          company: body.company,
          location: body.location,
        }
      : {}),
    invoiceEmail: body.invoice_email,
    invoiceEmailAddress: body.invoice_email_address,
    tagExpirationSeconds: body.tag_expiration_s,
  };
}

/** The questions that the body answers, be it with nothing. */
function answered(body: Change): ('enter_name' | 'enter_company')[] {
  return [
    ...(body.given_name === undefined && body.family_name === undefined ? [] : (['enter_name'] as const)),
    ...(body.company === undefined ? [] : (['enter_company'] as const)),
  ];
}
