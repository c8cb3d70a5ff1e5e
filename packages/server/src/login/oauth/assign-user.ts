import { z } from 'zod';
import { requireCsrfToken } from '#/auth/sessions/require-csrf-token.ts';
import { DomainError } from '#/domain/errors.ts';
import { performerOf } from '#/domain/logs/index.ts';
import { type Account, findAccountByName } from '#/domain/namespaces/index.ts';
import { getNamespaceAccess } from '#/domain/permissions/index.ts';
import { assignAuthorization, findOauthScopes } from '#/domain/tokens/index.ts';
import { announceAssignment } from '#/domain/user-notifications/index.ts';
import { jsonAnswer } from '#/http/answer.ts';
import { allFields, type FormFields } from '#/http/form-fields.ts';
import { requestFacts } from '#/http/request-facts.ts';
import { type RequestContext, route } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { messagePage } from '#/login/message-page.ts';
import { readAsked, requireField } from '#/login/oauth/asked-authorization.ts';
import { getClient, requireRedirectUri } from '#/login/oauth/check-authorization.ts';
import { csrfTokenOf } from '#/login/oauth/decide.ts';
import { requireWritable } from '#/login/oauth/give-grant.ts';
import { identifyVisitor, requirePerson } from '#/login/oauth/identify-person.ts';
import { onPage, wantsJson } from '#/login/on-page.ts';
import { formLimitBytes, publicRule } from '#/login/public-rule.ts';

/** An administrator offers a person to authorize an application of the organization (REST reference 4, `FEATURE_ASSIGN_OAUTH_TOKEN`). */
export const assignUserToApplication = route({
  operationId: 'assignUserToApplication',
  method: 'POST',
  url: '/oauth/authorize/assignuser',
  status: 200,
  access: publicRule,
  request: {
    params: z.unknown(),
    query: z.unknown(),
    body: { kind: 'bytes', limitBytes: formLimitBytes },
  },
  response: z.unknown(),
  async handle({ body }, services: LoginServices, request) {
    return onPage(services, request, async () => {
      const message = await assign(services, request, allFields(request, body));
      return wantsJson(request)
        ? jsonAnswer(200, { message })
        : messagePage(200, services.settings.registryTitle, message);
    });
  },
});

/** What to tell the administrator. */
async function assign(services: LoginServices, request: RequestContext, fields: FormFields): Promise<string> {
  const { domain, settings } = services;
  if (!settings.oauth.featureAssignToken) {
    throw new DomainError('not_found', 'Assigning authorizations is switched off on this registry.');
  }
  const visitor = await identifyVisitor(services, request);
  const person = requirePerson(visitor);
  if (person.by !== 'session') throw new DomainError('unauthorized', 'Sign in first.');
  requireCsrfToken(visitor.browser, csrfTokenOf(request, fields));
  requireWritable(domain.settings);
  const asked = readAsked(fields, 'code');
  const username = requireField(fields, 'username');
  const { application, owner } = await getClient(services, asked.clientId);
  if ((await getNamespaceAccess(domain, person.principal, owner.id)) !== 'admin') {
    throw new DomainError('denied', `Only administrators of ${owner.name} may assign its applications.`);
  }
  const { responseType, redirectUri } = asked;
  if (responseType !== 'code' && responseType !== 'token') {
    throw new DomainError('invalid_request', 'The parameter response_type must be code or token.');
  }
  const scopes = findOauthScopes(asked.scope);
  if (scopes === undefined) throw new DomainError('not_found', 'There are no such scopes.');
  requireRedirectUri(services, request, application, asked);
  const assignee = await getPerson(services, username);
  const assigner = person.account.name;
  await assignAuthorization(domain, {
    application,
    assignee,
    redirectUri,
    scopes,
    responseType,
    assigner,
    performer: performerOf(person.principal, request.ip, requestFacts(request)),
    announce: announceAssignment(domain, assignee.id, assigner),
  });
  return `The authorization was assigned to ${assignee.name}, who has to approve it.`;
}

async function getPerson({ domain }: LoginServices, name: string): Promise<Account> {
  const account = await findAccountByName(domain.database.read, name);
  if (account?.kind === 'user' && account.enabled) return account;
  throw new DomainError('not_found', 'There is no such user.');
}
