import { z } from 'zod';
import { confirmAuthorizedEmail } from '#/domain/notifications/index.ts';
import { route } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { followLink, showLink } from '#/login/mail-link-page.ts';
import { messagePage } from '#/login/message-page.ts';
import { formLimitBytes, publicRule } from '#/login/public-rule.ts';

/** The link of a mail that asks whether notifications of a repository may go to its reader: asks once more (REST reference 3.8). */
export const showRepositoryEmail = route({
  operationId: 'showRepositoryEmail',
  method: 'GET',
  url: '/authrepoemail',
  status: 200,
  access: publicRule,
  request: { params: z.unknown(), query: z.unknown(), body: { kind: 'none' } },
  response: z.unknown(),
  async handle(_input, services: LoginServices, request) {
    return showLink(services, request, '/authrepoemail', async () => ({
      text: 'May notifications about the repository that the mail names be sent to your address?',
      button: 'Allow',
    }));
  },
});

/** Its button. */
export const authorizeRepositoryEmail = route({
  operationId: 'authorizeRepositoryEmail',
  method: 'POST',
  url: '/authrepoemail',
  status: 200,
  access: publicRule,
  request: {
    params: z.unknown(),
    query: z.unknown(),
    body: { kind: 'bytes', limitBytes: formLimitBytes },
  },
  response: z.unknown(),
  async handle({ body }, services: LoginServices, request) {
    return followLink(services, request, body, async (code) => {
      const { email, namespace, name } = await confirmAuthorizedEmail(services.domain, code);
      const title = services.settings.registryTitle;
      return messagePage(200, title, `Notifications about ${namespace}/${name} may now be sent to ${email}.`);
    });
  },
});
