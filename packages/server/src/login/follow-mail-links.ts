import { z } from 'zod';
import { signInHeaders } from '#/auth/sessions/sign-in.ts';
import { DomainError } from '#/domain/errors.ts';
import type { Account } from '#/domain/namespaces/index.ts';
import { confirmEmail as confirm, listPrompts, useRecoveryCode } from '#/domain/sign-in/index.ts';
import { type Answer, answer } from '#/http/answer.ts';
import { type RequestContext, route } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { messagePage } from '#/login/message-page.ts';

const query = z.object({ code: z.string().max(255).default('') });
const publicRule = { name: 'public', check: async () => undefined };

/** The link of a confirmation mail: verifies the address and signs in (REST reference 3.8). */
export const confirmEmail = route({
  operationId: 'confirmEmail',
  method: 'GET',
  url: '/confirm',
  status: 302,
  access: publicRule,
  request: { params: z.unknown(), query, body: { kind: 'none' } },
  response: z.null(),
  async handle({ query: { code } }, services: LoginServices, request) {
    return follow(services, async () => {
      const { account, changed } = await confirm(services.domain, code);
      const asked = (await listPrompts(services.domain.database.read, account.id)).length > 0;
      const target = changed ? `/user/${account.name}?tab=settings` : asked ? '/updateuser' : '/';
      return signedInTo(services, request, account, target);
    });
  },
});

/** The link of a recovery mail, once: signs in, so that a new password can be chosen (REST reference 3.8). */
export const recoverAccount = route({
  operationId: 'recoverAccount',
  method: 'GET',
  url: '/recovery',
  status: 302,
  access: publicRule,
  request: { params: z.unknown(), query, body: { kind: 'none' } },
  response: z.null(),
  async handle({ query: { code } }, services: LoginServices, request) {
    return follow(services, async () => {
      const account = await useRecoveryCode(services.domain, {
        code,
        lifeSeconds: services.settings.userRecoveryTokenLifeSeconds,
      });
      return signedInTo(services, request, account, `/user/${account.name}?tab=settings&action=password`);
    });
  },
});

/** A person followed a link: what is wrong with it is told on a page. */
async function follow({ domain, settings }: LoginServices, work: () => Promise<Answer>): Promise<Answer> {
  if (domain.settings.featureMailing !== true) {
    return messagePage(404, settings.registryTitle, 'This registry sends no mail.');
  }
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DomainError) || error.code === 'database_unavailable') throw error;
    return messagePage(400, settings.registryTitle, error.message);
  }
}

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
  });
  return answer({ status: 302, headers: { ...headers, location: `${request.baseUrl}${target}` } });
}
