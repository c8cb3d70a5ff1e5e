import { z } from 'zod';
import { DomainError } from '#/domain/errors.ts';
import { type Answer, answer, jsonAnswer } from '#/http/answer.ts';
import { queryFields } from '#/http/form-fields.ts';
import { type AnyRoute, type RequestContext, route } from '#/http/route.ts';
import type { LoginServices } from '#/login/login-services.ts';
import { htmlPage, messagePage, pageHeaders } from '#/login/message-page.ts';
import { identifyVisitor } from '#/login/oauth/identify-person.ts';
import { onPage, wantsJson } from '#/login/on-page.ts';
import { publicRule } from '#/login/public-rule.ts';

const scriptPath = '/oauth/show-token.js';

/** The token is behind the `#`, which no server sees; once shown it leaves the address and the history. */
const script = `const token = new URLSearchParams(location.hash.slice(1)).get('access_token');
if (token) {
  document.getElementById('token').textContent = token;
  history.replaceState(null, '', location.pathname);
}
`;

const nothing = { params: z.unknown(), query: z.unknown(), body: { kind: 'none' } } as const;

/** The page that generated tokens are sent to (`LOCAL_OAUTH_HANDLER`; REST reference 4), at the configured path, with its script. */
export function localApplicationRoutes(path: string): readonly AnyRoute<LoginServices>[] {
  return [
    route({
      operationId: 'localOauthHandler',
      method: 'GET',
      url: path,
      status: 200,
      access: publicRule,
      request: nothing,
      response: z.unknown(),
      async handle(_input, services: LoginServices, request) {
        return onPage(services, request, async () => {
          const fields = queryFields(request);
          await requireSession(services, request);
          if (wantsJson(request)) return echo(fields.get('access_token'));
          const isGranted = (fields.get('scope') ?? '') !== '';
          return isGranted ? tokenPage(request) : cancelledPage(services.settings.registryTitle);
        });
      },
    }),
    route({
      operationId: 'localOauthScript',
      method: 'GET',
      url: scriptPath,
      status: 200,
      access: publicRule,
      request: nothing,
      response: z.unknown(),
      async handle() {
        return answer({
          status: 200,
          headers: {
            'content-type': 'text/javascript; charset=utf-8',
            'cache-control': 'max-age=3600',
            'x-content-type-options': 'nosniff',
          },
          body: script,
        });
      },
    }),
  ];
}

function echo(token: string | undefined): Answer {
  return jsonAnswer(200, { access_token: token ?? null }, { 'cache-control': 'no-store' });
}

async function requireSession(services: LoginServices, request: RequestContext): Promise<void> {
  const { person } = await identifyVisitor(services, request);
  if (person?.by !== 'session') throw new DomainError('unauthorized', 'Sign in first.');
}

function tokenPage(request: RequestContext): Answer {
  const content =
    '<p>This token acts for you. It is shown once: keep it like a password.</p>' +
    '<p><code id="token">Copy it from the address bar, between access_token= and the next &amp;</code></p>' +
    `<script src="${scriptPath}"></script>`;
  const policy = `${pageHeaders['content-security-policy']}; script-src ${request.baseUrl}${scriptPath}`;
  return htmlPage(200, { title: 'Access token', content }, { 'content-security-policy': policy });
}

function cancelledPage(title: string): Answer {
  return messagePage(200, title, 'The authorization was cancelled: no token was made.');
}
