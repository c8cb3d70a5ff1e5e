import { z } from 'zod';
import { type GrantedAccount, selfAdmin } from '#/api/access.ts';
import { apiRoute, jsonBody } from '#/api/api-route.ts';
import type { ApiServices } from '#/api/api-services.ts';
import { performerOfCall } from '#/api/performer.ts';
import { signedInAnswer } from '#/api/user/sign-in-answer.ts';
import { ownView, userView, userViewSchema } from '#/api/user/user-view.ts';
import { DomainError } from '#/domain/errors.ts';
import {
  changeEmail,
  changeProfile,
  checkEmail,
  checkPassword,
  getAccount,
  refuseTakenEmail,
  renameAccount,
  setPassword,
} from '#/domain/namespaces/index.ts';
import { answerPrompts, listPrompts, sendChangeMail } from '#/domain/sign-in/index.ts';
import type { RequestContext } from '#/http/route.ts';

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
    const { domain } = services;
    const { account } = granted;
    const performer = performerOfCall(granted, request);
    // Each part is a change of its own: what can be refused by itself is refused before the first.
    checkTagExpiration(services, body.tag_expiration_s);
    if (body.password !== undefined) checkPassword(body.password);
    if (typeof body.invoice_email_address === 'string') checkEmail(body.invoice_email_address);
    if (body.username !== undefined) await changeName(services, granted, request, body.username);
    if (body.email !== undefined) await changeAddress(services, granted, request, body.email);
    await changeProfile(domain, { accountId: account.id, change: profileOf(services, body), performer });
    if (services.settings.featureUserMetadata) await answerPrompts(domain, account.id, answered(body));
    if (body.password !== undefined) {
      await setPassword(domain, { accountId: account.id, password: body.password, performer });
    }
    const changed = await getAccount(domain.database.read, account.id);
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

/** `FEATURE_USER_RENAME`, or the question of the first sign-in, which the present name answers as well. */
async function changeName(
  services: ApiServices,
  granted: GrantedAccount,
  request: RequestContext,
  name: string,
): Promise<void> {
  const { domain, settings } = services;
  const { account } = granted;
  const prompts = await listPrompts(domain.database.read, account.id);
  const isAsked = prompts.includes('confirm_username');
  if (name !== account.name) {
    if (!settings.featureUserRename && !isAsked) {
      throw new DomainError('invalid_request', 'User names cannot be changed on this registry.');
    }
    refuseConfiguredName(services, name);
    await renameAccount(domain, {
      accountId: account.id,
      name,
      performer: performerOfCall(granted, request),
    });
  }
  if (isAsked) await answerPrompts(domain, account.id, ['confirm_username']);
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

/** With mailing on, the present address stays in force until the link in the mail to the new one is followed. */
async function changeAddress(
  { domain, settings }: ApiServices,
  granted: GrantedAccount,
  request: RequestContext,
  text: string,
): Promise<void> {
  const email = text.trim();
  const { account } = granted;
  if (email === account.email) return;
  if (domain.settings.featureMailing !== true) {
    await changeEmail(domain, { accountId: account.id, email, performer: performerOfCall(granted, request) });
    return;
  }
  checkEmail(email);
  await refuseTakenEmail(domain.database.read, email, account.id);
  const context = { baseUrl: request.baseUrl, registryTitle: settings.registryTitle };
  await sendChangeMail(domain, context, { account, email });
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
