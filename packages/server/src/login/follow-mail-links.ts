import { z } from 'zod';
import { signInHeaders } from '#/auth/sessions/sign-in.ts';
import type { Account } from '#/domain/namespaces/index.ts';
import {
  confirmEmail as confirm,
  findLinkedAccount,
  listPrompts,
  useRecoveryCode,
} from '#/domain/sign-in/index.ts';
import { type Answer, answer } from '#/http/answer.ts';
import { requestFacts } from '#/http/request-facts.ts';
import { type RequestContext, route } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { followLink, showLink } from '#/login/mail-link-page.ts';
import { formLimitBytes, publicRule } from '#/login/public-rule.ts';

const page = { params: z.unknown(), query: z.unknown(), body: { kind: 'none' } } as const;
const form = {
  params: z.unknown(),
  query: z.unknown(),
  body: { kind: 'bytes', limitBytes: formLimitBytes },
} as const;

/** The link of a confirmation mail: asks whether to confirm the address (REST reference 3.8). */
export const showConfirmation = route({
  operationId: 'showConfirmation',
  method: 'GET',
  url: '/confirm',
  status: 200,
  access: publicRule,
  request: page,
  response: z.unknown(),
  async handle(_input, services: LoginServices, request) {
    return showLink(services, request, '/confirm', async (code) => {
      const { account, email } = await findLinkedAccount(services.domain, { kind: 'confirmation', code });
      const address = email === null ? 'the e-mail address' : `the address ${email}`;
      return { text: `Confirm ${address} of the account "${account.name}"?`, button: 'Confirm and sign in' };
    });
  },
});

/** Its button: verifies the address and signs in. */
export const confirmEmail = route({
  operationId: 'confirmEmail',
  method: 'POST',
  url: '/confirm',
  status: 303,
  access: publicRule,
  request: form,
  response: z.unknown(),
  async handle({ body }, services: LoginServices, request) {
    return followLink(services, request, body, async (code) => {
      const { account, changed } = await confirm(services.domain, code);
      const asked = (await listPrompts(services.domain.database.read, account.id)).length > 0;
      const target = changed ? `/user/${account.name}?tab=settings` : asked ? '/updateuser' : '/';
      return signedInTo(services, request, account, target);
    });
  },
});

/** The link of a recovery mail: asks whether to sign in (REST reference 3.8). */
export const showRecovery = route({
  operationId: 'showRecovery',
  method: 'GET',
  url: '/recovery',
  status: 200,
  access: publicRule,
  request: page,
  response: z.unknown(),
  async handle(_input, services: LoginServices, request) {
    return showLink(services, request, '/recovery', async (code) => {
      const { account } = await findLinkedAccount(services.domain, {
        kind: 'recovery',
        code,
        lifeSeconds: services.settings.userRecoveryTokenLifeSeconds,
      });
      return {
        text: `Sign in to the account "${account.name}" and choose a new password?`,
        button: 'Sign in',
      };
    });
  },
});

/** Its button, once: signs in, so that a new password can be chosen. */
export const recoverAccount = route({
  operationId: 'recoverAccount',
  method: 'POST',
  url: '/recovery',
  status: 303,
  access: publicRule,
  request: form,
  response: z.unknown(),
  async handle({ body }, services: LoginServices, request) {
    return followLink(services, request, body, async (code) => {
      const account = await useRecoveryCode(services.domain, {
        code,
        lifeSeconds: services.settings.userRecoveryTokenLifeSeconds,
      });
      return signedInTo(services, request, account, `/user/${account.name}?tab=settings&action=password`);
    });
  },
});

async function signedInTo(
  { domain, settings }: LoginServices,
  request: RequestContext,
  account: Account,
  target: string,
): Promise<Answer> {
  const headers = await signInHeaders(domain, settings.session, {
    account,
    ip: request.ip,
    userAgent: request.headers['user-agent'],
    facts: requestFacts(request),
  });
  return answer({
    status: 303,
    headers: { ...headers, location: `${request.baseUrl}${target}`, 'cache-control': 'no-store' },
  });
}
