import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import { confirmAuthorizedEmail } from '#/domain/notifications/index.ts';
import { route } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { messagePage } from '#/login/message-page.ts';

/** The link of a mail that asks whether notifications of a repository may go to its reader (REST reference 3.8). */
export const authorizeRepositoryEmail = route({
  operationId: 'authorizeRepositoryEmail',
  method: 'GET',
  url: '/authrepoemail',
  status: 200,
  access: { name: 'public', check: async () => undefined },
  request: {
    params: z.unknown(),
    query: z.object({ code: z.string().max(512).default('') }),
    body: { kind: 'none' },
  },
  response: z.null(),
  async handle({ query: { code } }, { domain, settings }: LoginServices) {
    const title = settings.registryTitle;
    if (domain.settings.featureMailing !== true)
      return messagePage(404, title, 'This registry sends no mail.');
    try {
      const { email, namespace, name } = await confirmAuthorizedEmail(domain, code);
      return messagePage(200, title, `Notifications about ${namespace}/${name} may now be sent to ${email}.`);
    } catch (error) {
      // Whoever follows a link is told on a page what is wrong with it.
      if (!(error instanceof DomainError) || error.code !== 'invalid_request') throw error;
      return messagePage(400, title, error.message);
    }
  },
});
